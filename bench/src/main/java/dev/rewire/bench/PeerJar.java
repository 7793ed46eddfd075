package dev.rewire.bench;

import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.training.data.source.CacheFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The shared libraries of a bytedeco artifact, unpacked once into the user's cache. A folder appears there whole or not at all, so that
 * processes may unpack at the same time. One that somebody has damaged since, as far as the sizes of its files show, is replaced.
 */
final class PeerJar {
    private final String artifact;
    private final Path jar;

    private PeerJar(String artifact, Path jar) {
        this.artifact = artifact;
        this.jar = jar;
    }

    /** The newest jar of an artifact for this platform. */
    static Optional<PeerJar> find(Path folder, String artifact) throws IOException {
        return find(folder, artifact, "");
    }

    /** The newest jar of a variant of an artifact, its classifier the platform and a suffix. */
    static Optional<PeerJar> find(Path folder, String artifact, String suffix) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> found =
                Files.newDirectoryStream(folder, artifact + "-*-" + platform() + suffix + ".jar")) {
            found.forEach(jars::add);
        }
        return jars.stream().sorted().reduce((first, second) -> second).map(jar -> new PeerJar(artifact, jar));
    }

    /** Where this user keeps what is unpacked. */
    static Path cache() throws UnavailableException {
        return CacheFolder.of("peers").orElseThrow(() -> new UnavailableException(CacheFolder.ABSENCE));
    }

    /** This system as bytedeco's classifiers name it. */
    static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "");
        return (os.startsWith("mac") ? "macosx" : os.startsWith("windows") ? "windows" : os)
                + "-"
                + switch (arch) {
                    case "amd64" -> "x86_64";
                    case "aarch64" -> "arm64";
                    default -> arch;
                };
    }

    /**
     * Unpacks what is not unpacked yet.
     *
     * @param cache where folders of libraries are kept
     * @return the folder of these libraries
     */
    Path unpack(Path cache) throws IOException {
        return unpack(cache, library -> true);
    }

    /**
     * Unpacks what is not unpacked yet of some of the libraries.
     *
     * @param cache where folders of libraries are kept
     * @param wanted tells by its name whether a library is needed
     * @return the folder of these libraries
     */
    Path unpack(Path cache, Predicate<String> wanted) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<ZipEntry> libraries = libraries(zip, wanted);
            if (libraries.isEmpty()) {
                throw new IOException(jar + " holds no libraries for " + platform());
            }
            Path target = cache.resolve(artifact + "-" + fingerprint(libraries));
            if (!isWhole(target, libraries)) {
                Files.createDirectories(cache);
                unpack(zip, libraries, cache, target);
            }
            return target;
        }
    }

    /** Whether each library is there in its length: what a full disk or a cleaner of caches leaves behind is not. */
    private static boolean isWhole(Path target, List<ZipEntry> libraries) throws IOException {
        for (ZipEntry library : libraries) {
            Path file = target.resolve(fileName(library));
            if (!Files.isRegularFile(file) || Files.size(file) != library.getSize()) {
                return false;
            }
        }
        return true;
    }

    private static void unpack(ZipFile zip, List<ZipEntry> libraries, Path cache, Path target) throws IOException {
        Path temporary = Files.createTempDirectory(cache, ".unpacking-");
        try {
            for (ZipEntry library : libraries) {
                try (InputStream in = zip.getInputStream(library)) {
                    Files.copy(in, temporary.resolve(fileName(library)));
                }
            }
            move(temporary, cache, target, libraries);
        } finally {
            delete(temporary);
        }
    }

    private static void move(Path temporary, Path cache, Path target, List<ZipEntry> libraries) throws IOException {
        if (Files.isDirectory(target) && !isWhole(target, libraries)) {
            // Set aside first: a folder cannot be replaced in one step, and who has its libraries loaded keeps them.
            Path damaged = Files.createTempDirectory(cache, ".damaged-");
            try {
                // An empty folder gives way.
                Files.move(target, damaged, StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException e) {
                // Another process has done so.
            } finally {
                delete(damaged);
            }
        }
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // Another process was first; its libraries are the same.
            if (!isWhole(target, libraries)) {
                throw e;
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    /** The artifact's libraries without their JNI bindings, which are as large again. */
    private List<ZipEntry> libraries(ZipFile zip, Predicate<String> wanted) {
        String folder = "org/bytedeco/" + artifact + "/" + platform() + "/";
        List<ZipEntry> libraries = new ArrayList<>();
        zip.stream()
                .filter(entry -> entry.getName().startsWith(folder + "lib")
                        && entry.getName().indexOf('/', folder.length()) < 0
                        && !entry.getName().startsWith(folder + "libjni")
                        && wanted.test(fileName(entry)))
                .forEach(libraries::add);
        return libraries;
    }

    private static String fileName(ZipEntry entry) {
        return entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
    }

    /** Tells contents apart by the checksums that the jar lists, without reading 40 MB at each start. */
    private static String fingerprint(List<ZipEntry> libraries) {
        CRC32 sum = new CRC32();
        for (ZipEntry library : libraries) {
            sum.update((fileName(library) + library.getCrc() + library.getSize()).getBytes(StandardCharsets.UTF_8));
        }
        return platform() + "-" + Long.toHexString(sum.getValue());
    }
}
