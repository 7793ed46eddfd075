package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where OpenBLAS is looked for: at the path that the system property {@code rewire.openblas} gives, and nowhere else if it is set; in the
 * bytedeco jar in the folder that {@code rewire.peers} gives, as the launcher does; in the system's libraries.
 */
final class OpenBlasSearch {
    private static final String PATH_PROPERTY = "rewire.openblas";
    private static final String PEERS_PROPERTY = "rewire.peers";

    /** What the jar's OpenBLAS needs, in the order in which they need each other; OpenBLAS last. */
    private static final List<String> LIBRARIES_OF_JAR =
            List.of("libgcc_s", "libquadmath", "libgfortran", "libopenblas");

    private static final List<String> NAMES_OF_SYSTEM = List.of("libopenblas.so.0", "libopenblas.0.dylib");

    private OpenBlasSearch() {}

    static OpenBlas load() throws UnavailableException {
        return load(System.getProperty(PATH_PROPERTY, ""), System.getProperty(PEERS_PROPERTY, ""));
    }

    /**
     * Loads what the properties say.
     *
     * @param path of the library, or empty
     * @param peers folder of jars, or empty
     */
    static OpenBlas load(String path, String peers) throws UnavailableException {
        try {
            IdleThreads.bound();
            return path.isEmpty() ? fromPeersOrSystem(peers) : open(path);
        } catch (IllegalCallerException e) {
            throw new UnavailableException("native access is denied: " + e.getMessage());
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException("this JVM calls no native functions: " + e.getMessage());
        }
    }

    private static OpenBlas fromPeersOrSystem(String peers) throws UnavailableException {
        List<String> reasons = new ArrayList<>();
        if (!peers.isEmpty()) {
            try {
                Optional<PeerJar> jar = PeerJar.find(Path.of(peers), "openblas");
                if (jar.isPresent()) {
                    return openUnpacked(jar.get().unpack(PeerJar.cache()));
                }
                reasons.add("no openblas-*-" + PeerJar.platform() + ".jar in " + peers);
            } catch (UnavailableException e) {
                reasons.add(e.reason());
            } catch (IOException e) {
                reasons.add(FileFailure.text(e));
            } catch (InvalidPathException e) {
                reasons.add(e.getMessage());
            }
        }
        for (String name : NAMES_OF_SYSTEM) {
            try {
                return open(name);
            } catch (UnavailableException e) {
                reasons.add(e.reason());
            }
        }
        throw new UnavailableException(String.join("; ", reasons));
    }

    private static OpenBlas open(String name) throws UnavailableException {
        return OpenBlas.of(NativeLibrary.open(name), name);
    }

    /** Loads the libraries one by one, since the jar's ones do not all find each other without LD_LIBRARY_PATH. */
    private static OpenBlas openUnpacked(Path folder) throws UnavailableException, IOException {
        NativeLibrary last = null;
        String path = "";
        for (String library : LIBRARIES_OF_JAR) {
            Optional<Path> file = fileOf(folder, library);
            if (file.isPresent()) {
                path = file.get().toString();
                last = NativeLibrary.open(path);
            }
        }
        if (last == null || fileOf(folder, "libopenblas").isEmpty()) {
            throw new UnavailableException("no libopenblas in " + folder);
        }
        return OpenBlas.of(last, path);
    }

    private static Optional<Path> fileOf(Path folder, String library) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(library + "."))
                    .sorted()
                    .findFirst();
        }
    }
}
