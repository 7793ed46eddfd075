package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.training.internal.FileFailure;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where Intel MKL is looked for: at the path of {@code libmkl_rt} that the system property {@code rewire.mkl} gives, and nowhere else if it
 * is set; in the bytedeco jar in the folder that {@code rewire.peers.mkl} gives, where the launcher puts it when a peer of MKL is asked for
 * by name; in the system's libraries.
 */
final class MklSearch {
    private static final String PATH_PROPERTY = "rewire.mkl";
    private static final String PEERS_PROPERTY = "rewire.peers.mkl";

    /** Of the jar with MKL's libraries; the one without the suffix holds bindings alone. */
    private static final String JAR_SUFFIX = "-redist";

    private static final String LIBRARY = "libmkl_rt.so.2";

    /** Newest first; the last is what distributions link and what their own packages of old versions are called. */
    private static final List<String> NAMES_OF_SYSTEM = List.of(LIBRARY, "libmkl_rt.so.1", "libmkl_rt.so");

    /** Layers that are not used, 42 of the jar's 440 MB. What remains libmkl_rt opens as the processor asks for it. */
    private static final Set<String> UNUSED = Set.of("libmkl_intel_thread.so.2", "libiomp5.so");

    private MklSearch() {}

    static Mkl load() throws UnavailableException {
        return load(System.getProperty(PATH_PROPERTY, ""), System.getProperty(PEERS_PROPERTY, ""));
    }

    /**
     * Loads what the properties say.
     *
     * @param path of the library, or empty
     * @param peers folder of jars, or empty
     */
    static Mkl load(String path, String peers) throws UnavailableException {
        try {
            IdleThreads.bound();
            return path.isEmpty() ? fromPeersOrSystem(peers) : open(path);
        } catch (IllegalCallerException e) {
            throw new UnavailableException("native access is denied: " + e.getMessage());
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException("this JVM calls no native functions: " + e.getMessage());
        }
    }

    private static Mkl fromPeersOrSystem(String peers) throws UnavailableException {
        List<String> reasons = new ArrayList<>();
        try {
            Optional<PeerJar> jar =
                    peers.isEmpty() ? Optional.empty() : PeerJar.find(Path.of(peers), "mkl", JAR_SUFFIX);
            if (jar.isPresent()) {
                Path folder = jar.get().unpack(PeerJar.cache(), library -> !UNUSED.contains(library));
                return open(folder.resolve(LIBRARY).toString());
            }
        } catch (UnavailableException e) {
            reasons.add(e.reason());
        } catch (IOException e) {
            reasons.add(FileFailure.text(e));
        } catch (InvalidPathException e) {
            reasons.add(e.getMessage());
        }
        for (String name : NAMES_OF_SYSTEM) {
            try {
                return open(name);
            } catch (UnavailableException e) {
                // That there is none of this name says nothing; one that is there and does not load has its own reason.
                if (!e.reason().contains("No such file")) {
                    reasons.add(e.reason());
                }
            }
        }
        throw new UnavailableException(reasons.isEmpty() ? howToGet() : String.join("; ", reasons));
    }

    private static String howToGet() {
        return PeerJar.platform().equals("linux-x86_64")
                ? "neither fetched nor on this system; --peers fetches it (156 MB) where it names an mkl peer, as"
                        + " ./rewire spmm --peers openblas,mkl does"
                : "not on this system, and only fetched for linux-x86_64";
    }

    private static Mkl open(String name) throws UnavailableException {
        return Mkl.of(NativeLibrary.open(name));
    }
}
