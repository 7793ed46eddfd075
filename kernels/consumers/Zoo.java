import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs the code blocks of the documentation as a newcomer would, each project in a folder of its own, from a local repository in which
 * nothing of Rewire's is but the jars that the build packaged. A comment before each block says what it is:
 *
 * <pre>
 * zoo: member NAME [from OTHER] [needs PROGRAM N] [in the clone]   begins a project: empty, a copy of another, or this clone
 * zoo: file PATH       the block is that file
 * zoo: run             the block is commands
 * zoo: prints          the block is what the commands before it print to standard output, to the letter
 * </pre>
 */
final class Zoo {
    private static final List<String> DOCUMENTS = List.of("README.md", "docs/using.md", "kernels/consumers/README.md");
    private static final String JBANG = "dev.jbang:jbang-cli:0.132.1";
    private static final Pattern MARK = Pattern.compile("<!-- zoo: (.*) -->");
    private static final Pattern MEMBER =
            Pattern.compile("member (?<name>\\S+)( from (?<from>\\S+))?( needs (?<needs>\\S+ \\d+))?(?<clone> in the clone)?");
    private static final int LIMIT_SECONDS = 300;

    /** A block with its mark. */
    private record Step(String mark, String text, String place) {}

    private record Member(String name, String from, String needs, boolean inClone, List<Step> steps) {}

    /** What went wrong, in one line. */
    private static final class Failure extends Exception {
        private static final long serialVersionUID = 1;

        Failure(String message) {
            super(message, null, false, false);
        }
    }

    private final Path root;
    private final Path work;
    private final Path java = Path.of(System.getProperty("java.home"));
    private final Path kernels;
    private final String version;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> results = new LinkedHashMap<>();

    private Zoo(Path root) throws IOException {
        this.root = root;
        work = root.resolve("kernels/consumers/target");
        version = version(root.resolve("pom.xml"));
        kernels = root.resolve("kernels/target/rewire-kernels-" + version + ".jar");
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Zoo zoo = new Zoo(Path.of(arguments[0]));
        try {
            zoo.run(List.of(arguments).subList(1, arguments.length));
        } catch (Failure e) {
            System.out.println("zoo: " + e.getMessage());
            System.exit(1);
        }
    }

    private void run(List<String> names) throws Failure, IOException, InterruptedException {
        for (String document : DOCUMENTS) {
            read(document);
        }
        for (String name : names) {
            if (!members.containsKey(name)) {
                throw new Failure("no member " + name + "; there are " + String.join(", ", members.keySet()));
            }
        }
        delete(work);
        Files.createDirectories(work);
        repository();
        tools();
        for (String name : names.isEmpty() ? members.keySet() : names) {
            result(name);
        }
        long failed = count("FAILED");
        long skipped = count("skipped");
        System.out.println("zoo: " + count("passed") + " passed, " + failed + " failed"
                + (skipped > 0 ? ", " + skipped + " skipped" : ""));
        System.exit(failed > 0 ? 1 : 0);
    }

    private long count(String result) {
        return results.values().stream().filter(each -> each.startsWith(result)).count();
    }

    // --- The documents -----------------------------------------------------------------------------------------------

    private void read(String document) throws Failure, IOException {
        List<String> lines = Files.readAllLines(root.resolve(document));
        Member member = null;
        String mark = "";
        for (int i = 0; i < lines.size(); i++) {
            String place = document + ":" + (i + 1);
            Matcher comment = MARK.matcher(lines.get(i));
            if (comment.matches()) {
                mark = comment.group(1);
                Matcher begins = MEMBER.matcher(mark);
                if (begins.matches()) {
                    member = member(begins, place);
                }
            } else if (lines.get(i).startsWith("```")) {
                int length = lines.subList(i + 1, lines.size()).indexOf("```");
                if (length < 0) {
                    throw new Failure(place + ": a block without an end");
                }
                List<String> block = lines.subList(i + 1, i + 1 + length);
                if (member != null && (mark.equals("run") || mark.equals("prints") || mark.startsWith("file "))) {
                    member.steps.add(new Step(mark, String.join("\n", block) + "\n", place));
                } else if (!mark.isEmpty() || !document.equals("README.md") && !lines.get(i).equals("```text")) {
                    throw new Failure(place + ": a block that nothing runs; it needs a comment `zoo: file PATH`,"
                            + " `zoo: run` or `zoo: prints` before it");
                }
                mark = "";
                i += length + 1;
            }
        }
    }

    private Member member(Matcher mark, String place) throws Failure {
        String from = mark.group("from");
        if (from != null && !members.containsKey(from)) {
            throw new Failure(place + ": no member " + from + " before this one");
        }
        boolean inClone = mark.group("clone") != null || (from != null && members.get(from).inClone);
        Member member = new Member(mark.group("name"), from, mark.group("needs"), inClone, new ArrayList<>());
        if (members.put(member.name, member) != null) {
            throw new Failure(place + ": a second member " + member.name);
        }
        return member;
    }

    // --- The repository and the tools --------------------------------------------------------------------------------

    /** Links what the usual local repository has of others, so that it is not fetched again, and adds what the build packaged. */
    private void repository() throws Failure, IOException {
        Path usual = Path.of(System.getProperty("user.home"), ".m2", "repository");
        for (String name : List.of("repository", "repository-of-clone")) {
            Files.createDirectories(work.resolve(name));
            if (Files.isDirectory(usual)) {
                link(usual, work.resolve(name));
            }
        }
        install(root);
    }

    /** Jars, POMs and their like, not the notes that Maven takes of them: those it writes in place, through the link. */
    private static void link(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (from.relativize(folder).equals(Path.of("dev", "rewire"))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".jar") || file.toString().endsWith(".pom")) {
                    Path target = to.resolve(from.relativize(file));
                    try {
                        Files.createLink(target, file);
                    } catch (IOException | UnsupportedOperationException e) { // another disk
                        Files.createSymbolicLink(target, file);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** The POM, as it is published, and the jar of a module of the reactor, and its modules. */
    private void install(Path module) throws Failure, IOException {
        String text = Files.readString(module.resolve("pom.xml")).replaceAll("(?s)<!--.*?-->", "");
        String own = text.replaceFirst("(?s)<parent>.*?</parent>", "");
        String artifact = element(own, "artifactId");
        Path folder = Files.createDirectories(work.resolve("repository/dev/rewire/" + artifact + "/" + version));
        Path published = module.resolve("target/flattened-pom.xml");
        if (!Files.exists(published)) {
            throw new Failure(root.relativize(published) + " is missing; run `mvn -B verify -DskipTests` first");
        }
        Files.copy(published, folder.resolve(artifact + "-" + version + ".pom"));
        if (!element(own, "packaging").equals("pom")) {
            install(module, folder.resolve(artifact + "-" + version + ".jar"));
        }
        Matcher modules = Pattern.compile("<module>([^<]*)<").matcher(own);
        while (modules.find()) {
            install(module.resolve(modules.group(1)));
        }
    }

    private void install(Path module, Path target) throws Failure, IOException {
        Path jar = module.resolve("target").resolve(target.getFileName());
        if (!Files.exists(jar)) {
            throw new Failure(root.relativize(jar) + " is missing; run `mvn -B verify -DskipTests` first");
        }
        try (Stream<Path> sources = Files.walk(module.resolve("src/main"))) {
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                if (Files.getLastModifiedTime(source).compareTo(Files.getLastModifiedTime(jar)) > 0) {
                    throw new Failure(root.relativize(source) + " is newer than " + jar.getFileName()
                            + "; run `mvn -B verify -DskipTests` first");
                }
            }
        }
        Files.copy(jar, target);
    }

    /** Of all modules: what their POMs call {@code ${revision}${changelist}}. */
    private static String version(Path pom) throws IOException {
        String text = Files.readString(pom);
        return element(text, "revision") + element(text, "changelist");
    }

    private static String element(String text, String name) {
        Matcher element = Pattern.compile("<" + name + ">([^<]*)<").matcher(text);
        return element.find() ? element.group(1) : "";
    }

    /** {@code jbang} comes from Maven's repository; a program of that name on the PATH could be of any age. */
    private void tools() throws IOException {
        Path tools = Files.createDirectories(work.resolve("tools"));
        Files.writeString(
                tools.resolve("jbang.xml"),
                """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>zoo</groupId><artifactId>jbang</artifactId><version>1</version>
                  <dependencies><dependency>
                    <groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>
                  </dependency></dependencies>
                </project>
                """.formatted((Object[]) JBANG.split(":")));
        Path jbang = tools.resolve("bin/jbang");
        Files.createDirectories(jbang.getParent());
        // It answers with exit code 255 and a command for the shell to run.
        Files.writeString(
                jbang,
                """
                #!/usr/bin/env bash
                set -euo pipefail
                tools=%s
                [[ -d $tools/jbang ]] || mvn -q -f "$tools/jbang.xml" \
                  org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies -DoutputDirectory="$tools/jbang" >&2
                status=0
                command=$("$JAVA_HOME/bin/java" -cp "$tools/jbang/*" dev.jbang.Main "$@") || status=$?
                ((status != 255)) || eval "exec $command"
                printf '%%s' "$command"
                exit "$status"
                """.formatted("'" + tools + "'"));
        if (!jbang.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + jbang);
        }
    }

    // --- The members -------------------------------------------------------------------------------------------------

    /** Passed, skipped or failed, and why; runs the member unless it has run, and before it the one that it starts from. */
    private String result(String name) throws IOException, InterruptedException {
        String known = results.get(name);
        if (known != null) {
            return known;
        }
        Member member = members.get(name);
        long start = System.nanoTime();
        String result;
        try {
            result = outcome(member);
        } catch (Failure e) {
            result = "FAILED: " + e.getMessage();
        }
        results.put(name, result);
        System.out.printf("zoo: %-15s %4.1f s  %s%n", name, (System.nanoTime() - start) / 1e9, result);
        return result;
    }

    private String outcome(Member member) throws Failure, IOException, InterruptedException {
        Path folder = folder(member);
        if (member.from != null) {
            String before = result(member.from);
            if (before.startsWith("FAILED")) {
                throw new Failure("starts from " + member.from + ", which failed");
            }
            if (!member.inClone) {
                copy(folder(members.get(member.from)), folder);
            }
        }
        Files.createDirectories(folder);
        String printed = null;
        boolean skipped = member.needs != null && !onPath(member.needs);
        for (Step step : member.steps) {
            if (step.mark.startsWith("file ")) {
                Path file = folder.resolve(step.mark.substring("file ".length()));
                Files.createDirectories(file.getParent());
                Files.writeString(file, checked(step));
            } else if (!skipped && step.mark.equals("run")) {
                printed = run(member, folder, step);
            } else if (!skipped) {
                compare(step, printed);
            }
        }
        return skipped ? "skipped: no " + member.needs + " or newer on the PATH" : "passed";
    }

    private Path folder(Member member) {
        return member.inClone ? root : work.resolve(member.name);
    }

    /** A file of a project names the version that is there. */
    private String checked(Step step) throws Failure {
        Matcher named = Pattern.compile("dev\\.rewire:[a-z-]+:([^\"\\s]+)|<artifactId>rewire-[a-z-]+</artifactId>\\s*<version>([^<]+)<")
                .matcher(step.text);
        while (named.find()) {
            String other = named.group(1) != null ? named.group(1) : named.group(2);
            if (!other.equals(version)) {
                throw new Failure(step.place + " names version " + other + ", pom.xml " + version);
            }
        }
        return step.text;
    }

    private String run(Member member, Path folder, Step step) throws Failure, IOException, InterruptedException {
        Path out = work.resolve(member.name + ".out");
        Path log = work.resolve(member.name + ".log");
        Process process = process(folder, work.resolve(member.inClone ? "repository-of-clone" : "repository"), step.text)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        String printed = plain(Files.readString(out));
        Files.writeString(log, printed, StandardOpenOption.APPEND);
        if (!ended || process.exitValue() != 0) {
            String how = ended ? "exit code " + process.exitValue() : "still running after " + LIMIT_SECONDS + " s";
            throw new Failure("the commands at " + step.place + ": " + how + ": " + reason(log) + ", see " + root.relativize(log));
        }
        return printed;
    }

    /** Maven resets colours even where it is quiet and writes to a file. */
    private static String plain(String text) {
        return text.replaceAll("\u001B\\[[0-9;]*m", "");
    }

    /** The first line that says something of an error, or the last one. */
    private static String reason(Path log) throws IOException {
        List<String> lines = plain(Files.readString(log)).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return lines.stream()
                .filter(line -> line.matches("(?i).*(error|exception|not found).*[^:]"))
                .findFirst()
                .orElse(lines.isEmpty() ? "nothing was printed" : lines.getLast());
    }

    private ProcessBuilder process(Path folder, Path repository, String commands) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands).directory(folder.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "CLASSPATH"));
        environment.put("JAVA_HOME", java.toString());
        environment.put("PATH", work.resolve("tools/bin") + ":" + java.resolve("bin") + ":" + environment.get("PATH"));
        environment.put("REPOSITORY", repository.toString());
        environment.put("KERNELS", kernels.toString());
        environment.merge("MAVEN_OPTS", "-Dmaven.repo.local=" + repository, (before, more) -> before + " " + more);
        environment.merge("GRADLE_OPTS", "-Dorg.gradle.daemon=false -Dmaven.repo.local=" + repository, (before, more) -> before + " " + more);
        environment.put("JBANG_DIR", work.resolve("tools/jbang-state").toString());
        environment.put("JBANG_REPO", repository.toString());
        environment.put("JBANG_NO_VERSION_CHECK", "true");
        return builder;
    }

    /** Whether there is a program of a version at least, given as {@code gradle 9}: the first number that it prints when asked for it. */
    private boolean onPath(String needs) throws IOException, InterruptedException {
        String[] programAndVersion = needs.split(" ");
        String question = "version=$(%s --version | grep -oE '[0-9]+' | head -n 1) && ((version >= %s))";
        return process(work, work, question.formatted((Object[]) programAndVersion))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    private static void compare(Step step, String printed) throws Failure {
        // The documents were written on a machine with vectors of 512 bits and a fused multiply-add.
        int bits = Integer.parseInt(flag("MaxVectorSize")) * Byte.SIZE;
        String expected = step.text.replace("vectorBits=512", "vectorBits=" + bits);
        if (printed != null && flag("UseFMA").equals("false")) {
            printed = printed.replaceAll("; products and sums apart, since a fused multiply-add [^]]*", "");
        }
        if (!expected.equals(printed)) {
            throw new Failure(step.place + " says it prints ‹" + oneLine(expected) + "›, but it printed ‹" + oneLine(printed)
                    + "›");
        }
    }

    private static String oneLine(String text) {
        return text == null ? "nothing ran" : text.strip().replace("\n", " ⏎ ");
    }

    private static String flag(String name) {
        return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).getVMOption(name).getValue();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
