import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** What Maven Central asks for, and what we do. See check-release. */
final class CheckRelease {
    private static final String GROUP = "dev.rewire";
    private static final String BOM = "rewire-bom";
    private static final List<String> POM_FIELDS = List.of(
            "name",
            "description",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/url",
            "scm/connection",
            "scm/developerConnection");

    private final Path checkout;
    private final Path repository;
    private final boolean signed;
    private final Set<String> faults = new TreeSet<>();

    /** {@code artifact:version} of what has a jar. */
    private final Set<String> libraries = new TreeSet<>();

    private final Set<String> listedByBom = new TreeSet<>();
    private final Set<String> versions = new TreeSet<>();

    private CheckRelease(Path checkout, Path repository, boolean signed) {
        this.checkout = checkout;
        this.repository = repository;
        this.signed = signed;
    }

    public static void main(String[] args) throws Exception {
        List<String> rest = new ArrayList<>(Arrays.asList(args).subList(1, args.length));
        boolean signed = !rest.remove("--unsigned");
        if (rest.isEmpty() || rest.size() > 2) {
            refuse("wants one or two folders, got " + rest.size());
        }
        for (String folder : rest) {
            if (!Files.isDirectory(Path.of(folder))) {
                refuse("'" + folder + "' is no folder; accepted is a Maven repository, such as target/staging");
            }
        }
        CheckRelease check = new CheckRelease(Path.of(args[0]), Path.of(rest.getFirst()), signed);
        check.artifacts();
        if (rest.size() == 2) {
            check.compare(Path.of(rest.get(1)));
        }
        check.faults.forEach(System.out::println);
        if (!check.faults.isEmpty()) {
            System.exit(1);
        }
        System.out.println("no faults: " + String.join(", ", check.libraries) + (rest.size() == 2 ? "; equal to the bit" : ""));
    }

    private static void refuse(String message) {
        System.err.println("check-release: " + message);
        System.exit(2);
    }

    private void artifacts() throws Exception {
        List<Path> poms = files(repository).stream()
                .filter(file -> file.toString().endsWith(".pom"))
                .toList();
        if (poms.isEmpty()) {
            fault(repository, "holds no POM");
        }
        for (Path pom : poms) {
            try {
                artifact(pom);
            } catch (SAXException e) {
                fault(pom, "is no XML: " + e.getMessage());
            }
        }
        if (versions.size() > 1) {
            fault(repository, "holds several versions: " + versions);
        }
        if (!listedByBom.equals(libraries)) {
            fault(repository, BOM + " lists " + listedByBom + ", the libraries are " + libraries);
        }
    }

    private void artifact(Path pom) throws Exception {
        Element project = parse(pom);
        String artifact = text(project, "artifactId");
        String version = text(project, "version");
        versions.add(version);
        Path home = repository.resolve(GROUP.replace('.', '/')).resolve(artifact).resolve(version);
        String name = artifact + "-" + version;
        if (!text(project, "groupId").equals(GROUP) || !home.resolve(name + ".pom").equals(pom)) {
            fault(pom, "is not at the place that its group, artifact and version ask for");
        }
        pomFields(pom, project, version);

        List<Path> files = new ArrayList<>(List.of(pom));
        if (artifact.equals(BOM)) {
            dependencies(project, "dependencyManagement/dependencies").forEach(dependency -> listedByBom.add(
                    text(dependency, "artifactId") + ":" + text(dependency, "version").replace("${project.version}", version)));
        } else {
            libraries.add(artifact + ":" + version);
            Path jar = home.resolve(name + ".jar");
            Path sources = home.resolve(name + "-sources.jar");
            Path javadoc = home.resolve(name + "-javadoc.jar");
            Path sbom = home.resolve(name + "-cyclonedx.json");
            files.addAll(List.of(jar, sources, javadoc, sbom));
            jar(jar, "module-info.class");
            jar(sources, "module-info.java");
            jar(javadoc, "index.html");
            descriptor(jar, version);
            sbom(sbom, project, artifact, version);
        }
        for (Path file : files) {
            if (Files.exists(file)) {
                checksum(file, "md5", "MD5");
                checksum(file, "sha1", "SHA-1");
                signature(file);
            } else {
                fault(file, "is missing");
            }
        }
    }

    private void pomFields(Path pom, Element project, String version) throws IOException {
        for (String field : POM_FIELDS) {
            if (text(project, field).isEmpty()) {
                fault(pom, "has no " + field);
            }
        }
        if (version.endsWith("-SNAPSHOT")) {
            fault(pom, "has the version of a snapshot: " + version);
        }
        if (!text(project, "scm/tag").equals("v" + version)) {
            fault(pom, "has the tag '" + text(project, "scm/tag") + "', accepted is v" + version);
        }
        if (Files.readString(pom).replace("${project.version}", "").contains("${")) {
            fault(pom, "has an expression that only our build can resolve");
        }
        for (String refused : List.of("parent", "repositories", "build", "profiles")) {
            if (!children(project, refused).isEmpty()) {
                fault(pom, "has " + refused + ", which nobody who depends on it needs");
            }
        }
        for (Element dependency : dependencies(project, "dependencies")) {
            String asked = text(dependency, "version");
            if (asked.isEmpty() || asked.endsWith("-SNAPSHOT") || asked.matches("[\\[(].*")) {
                fault(pom, "depends on " + text(dependency, "artifactId") + " in version '" + asked + "', accepted is a released one");
            }
            if (!Set.of("", "compile", "runtime").contains(text(dependency, "scope"))) {
                fault(pom, "depends on " + text(dependency, "artifactId") + " in scope " + text(dependency, "scope"));
            }
        }
    }

    private void jar(Path jar, String has) throws IOException {
        if (!Files.exists(jar)) {
            return;
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.stream().noneMatch(entry -> entry.getName().equals(has))) {
                fault(jar, "has no " + has);
            }
            same(jar, zip, "META-INF/LICENSE", checkout.resolve("LICENSE"));
            same(jar, zip, "META-INF/NOTICE", checkout.resolve("docs/NOTICE"));
        } catch (java.util.zip.ZipException e) {
            fault(jar, "is no jar: " + e.getMessage());
        }
    }

    private void same(Path jar, ZipFile zip, String entry, Path file) throws IOException {
        ZipEntry found = zip.getEntry(entry);
        if (found == null) {
            fault(jar, "has no " + entry);
        } else if (!Arrays.equals(bytes(zip, found), Files.readAllBytes(file))) {
            fault(jar, "has another " + entry + " than " + checkout.relativize(file));
        }
    }

    private void descriptor(Path jar, String version) throws IOException {
        if (!Files.exists(jar)) {
            return;
        }
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry = zip.getEntry("module-info.class");
            if (entry == null) {
                return;
            }
            try (InputStream in = zip.getInputStream(entry)) {
                ModuleDescriptor module = ModuleDescriptor.read(in);
                if (!module.rawVersion().orElse("none").equals(version)) {
                    fault(jar, "its module has the version " + module.rawVersion().orElse("none"));
                }
            }
        } catch (java.util.zip.ZipException e) {
            fault(jar, "is no jar: " + e.getMessage());
        }
    }

    /** The text is enough: the plugin that writes it writes no name or version of another component this way. */
    private void sbom(Path sbom, Element project, String artifact, String version) throws IOException {
        if (!Files.exists(sbom)) {
            return;
        }
        String text = Files.readString(sbom);
        if (!text.contains("\"bomFormat\" : \"CycloneDX\"")) {
            fault(sbom, "is no CycloneDX BOM");
        }
        List<String> purls = new ArrayList<>(List.of(purl(GROUP, artifact, version)));
        for (Element dependency : dependencies(project, "dependencies")) {
            purls.add(purl(text(dependency, "groupId"), text(dependency, "artifactId"), text(dependency, "version")));
        }
        for (String purl : purls) {
            if (!text.contains("\"" + purl + "?type=jar\"")) {
                fault(sbom, "does not list " + purl);
            }
        }
    }

    private static String purl(String group, String artifact, String version) {
        return "pkg:maven/" + group + "/" + artifact + "@" + version;
    }

    private void checksum(Path file, String suffix, String algorithm) throws IOException, NoSuchAlgorithmException {
        Path sum = Path.of(file + "." + suffix);
        if (!Files.exists(sum)) {
            fault(sum, "is missing");
            return;
        }
        byte[] digest = MessageDigest.getInstance(algorithm).digest(Files.readAllBytes(file));
        if (!Files.readString(sum).strip().equals(HexFormat.of().formatHex(digest))) {
            fault(sum, "is not that of the file");
        }
    }

    private void signature(Path file) throws IOException, InterruptedException {
        if (!signed) {
            return;
        }
        Path signature = Path.of(file + ".asc");
        if (!Files.exists(signature)) {
            fault(signature, "is missing");
            return;
        }
        Process gpg = new ProcessBuilder("gpg", "--batch", "--verify", signature.toString(), file.toString())
                .redirectErrorStream(true)
                .start();
        gpg.getInputStream().readAllBytes();
        if (gpg.waitFor() != 0) {
            fault(signature, "does not verify");
        }
    }

    // --- Two builds --------------------------------------------------------------------------------------------------

    private void compare(Path other) throws IOException {
        Set<Path> names = new TreeSet<>();
        for (Path folder : List.of(repository, other)) {
            for (Path file : files(folder)) {
                // Written by the repository, and by whoever signs.
                if (!file.getFileName().toString().matches("maven-metadata.*|.*\\.asc(\\..*)?|.*\\.(md5|sha1|sha256|sha512)")) {
                    names.add(folder.relativize(file));
                }
            }
        }
        for (Path name : names) {
            Path a = repository.resolve(name);
            Path b = other.resolve(name);
            if (!Files.exists(a) || !Files.exists(b)) {
                fault(name, "is missing in " + (Files.exists(a) ? other : repository));
            } else if (Files.mismatch(a, b) >= 0) {
                fault(name, "differs: " + (name.toString().endsWith(".jar") ? difference(a, b) : "at byte " + Files.mismatch(a, b)));
            }
        }
    }

    private static String difference(Path a, Path b) throws IOException {
        try (ZipFile left = new ZipFile(a.toFile());
                ZipFile right = new ZipFile(b.toFile())) {
            List<String> names = left.stream().map(ZipEntry::getName).toList();
            if (!names.equals(right.stream().map(ZipEntry::getName).toList())) {
                return "its entries, or their order";
            }
            for (String name : names) {
                ZipEntry x = left.getEntry(name);
                ZipEntry y = right.getEntry(name);
                if (!Arrays.equals(bytes(left, x), bytes(right, y))) {
                    return "the content of " + name;
                }
                if (!x.getTimeLocal().equals(y.getTimeLocal())) {
                    return "the time of " + name;
                }
                if (x.getCompressedSize() != y.getCompressedSize()) {
                    return "the compression of " + name;
                }
            }
            return "the modes or extra fields of entries";
        }
    }

    // --- Reading -----------------------------------------------------------------------------------------------------

    private void fault(Path where, String what) {
        Path shown = where.startsWith(repository) && !where.equals(repository) ? repository.relativize(where) : where;
        faults.add(shown + ": " + what);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static Element parse(Path pom) throws IOException, SAXException, ParserConfigurationException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(null); // It prints; the exception says the same.
        return builder.parse(pom.toFile()).getDocumentElement();
    }

    private static List<Element> dependencies(Element project, String path) {
        List<Element> found = List.of(project);
        for (String step : (path + "/dependency").split("/")) {
            found = found.stream().flatMap(element -> children(element, step).stream()).toList();
        }
        return found;
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** What the first element at a path says; empty if there is none. */
    private static String text(Element start, String path) {
        Element at = start;
        for (String step : path.split("/")) {
            List<Element> next = children(at, step);
            if (next.isEmpty()) {
                return "";
            }
            at = next.getFirst();
        }
        return at.getTextContent().strip();
    }
}
