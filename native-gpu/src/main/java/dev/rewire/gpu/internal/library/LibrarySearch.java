package dev.rewire.gpu.internal.library;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds a library of NVIDIA's: at the path of its system property, or else of its variable, and then nowhere else; by its name on the loader's
 * path; in Python's packages, CUDA toolkits and the folders of NVIDIA's own packages. The first copy that loads and that its user accepts is it.
 */
public final class LibrarySearch {
    private LibrarySearch() {}

    /**
     * What a copy is good for.
     *
     * @param <T> what a library is made into
     */
    @FunctionalInterface
    public interface Acceptance<T> {
        /**
         * Looks at a copy that has been loaded.
         *
         * @param library the copy
         * @return what it is made into
         * @throws UnavailableException why this copy will not do
         */
        T accept(NativeLibrary library) throws UnavailableException;
    }

    /**
     * Looks for a library.
     *
     * @param sought the library
     * @param roots the machine
     * @param acceptance looks at each copy
     * @param <T> what a library is made into
     * @return what the first good copy was made into
     * @throws UnavailableException with the reason of each candidate, in the order in which they were tried
     */
    public static <T> T find(NvidiaLibrary sought, SearchRoots roots, Acceptance<T> acceptance)
            throws UnavailableException {
        try {
            Optional<T> given = given("-D" + sought.property(), roots.property(sought.property()), acceptance);
            if (given.isEmpty()) {
                given = given(sought.variable(), roots.variable(sought.variable()), acceptance);
            }
            return given.isPresent() ? given.get() : search(sought, roots, acceptance);
        } catch (IllegalCallerException e) {
            throw new UnavailableException("native access is denied: " + e.getMessage());
        } catch (UnsupportedOperationException e) {
            throw new UnavailableException("this JVM calls no native functions: " + e.getMessage());
        }
    }

    private static <T> Optional<T> given(String setting, String path, Acceptance<T> acceptance)
            throws UnavailableException {
        if (path.isEmpty()) {
            return Optional.empty();
        }
        if (SearchRoots.absolute(path).isEmpty()) {
            throw new UnavailableException(setting + "=" + path + ": not an absolute path of a library");
        }
        try {
            return Optional.of(acceptance.accept(NativeLibrary.open(path)));
        } catch (UnavailableException e) {
            throw new UnavailableException(e.reason() + " (" + setting + "=" + path + ")");
        }
    }

    private static <T> T search(NvidiaLibrary sought, SearchRoots roots, Acceptance<T> acceptance)
            throws UnavailableException {
        List<String> reasons = new ArrayList<>();
        List<Path> folders = sought.folders(roots);
        for (String candidate : candidates(sought, roots, folders)) {
            try {
                return acceptance.accept(NativeLibrary.open(candidate));
            } catch (UnavailableException e) {
                // Some messages of the loader, and all of an acceptance, do not say which file they are about.
                reasons.add(e.reason().contains(candidate) ? e.reason() : candidate + ": " + e.reason());
            }
        }
        if (reasons.isEmpty()) {
            reasons.add("no " + String.join(" or ", sought.names()) + " in " + folders.size() + " folders");
        }
        throw new UnavailableException(String.join("; ", reasons) + " (" + sought.source() + "; -D" + sought.property()
                + " and " + sought.variable() + " take a path)");
    }

    /** Names for the loader, then files that exist. */
    private static List<String> candidates(NvidiaLibrary sought, SearchRoots roots, List<Path> folders) {
        List<String> candidates = new ArrayList<>();
        if (roots.loaderPath()) {
            candidates.addAll(sought.names());
        }
        for (Path folder : folders) {
            for (String name : sought.names()) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file)) {
                    candidates.add(file.toString());
                }
            }
        }
        return candidates.stream().distinct().toList();
    }
}
