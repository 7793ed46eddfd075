package dev.rewire.gpu.internal.library;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A library of NVIDIA's: its names, and who may say where it is. */
public enum NvidiaLibrary {
    /** The driver's own library. A stub of the same name in a toolkit only serves to link, so toolkits are not looked at. */
    CUDA("rewire.cuda", "REWIRE_CUDA", List.of("libcuda.so.1"), "it comes with NVIDIA's driver") {
        @Override
        List<Path> folders(SearchRoots roots) {
            return List.of(roots.root().resolve("usr/lib/wsl/lib"));
        }
    },

    /** cuSPARSELt; all versions before 1.0 have one name. */
    CUSPARSELT(
            "rewire.cusparselt",
            "REWIRE_CUSPARSELT",
            List.of("libcusparseLt.so.0"),
            "pip install nvidia-cusparselt-cu13 has it") {
        @Override
        List<Path> folders(SearchRoots roots) {
            List<Path> folders = new ArrayList<>(packagesOf(roots, "nvidia/cusparselt/lib"));
            folders.addAll(roots.librariesOfToolkits());
            folders.addAll(roots.librariesOfPackages("libcusparseLt"));
            return folders;
        }
    },

    /** cuBLASLt, for a dense product to compare with. */
    CUBLASLT(
            "rewire.cublaslt",
            "REWIRE_CUBLASLT",
            List.of("libcublasLt.so.13", "libcublasLt.so.12"),
            "pip install nvidia-cublas has it") {
        @Override
        List<Path> folders(SearchRoots roots) {
            List<Path> folders = new ArrayList<>(packagesOf(roots, "nvidia/cu13/lib", "nvidia/cublas/lib"));
            folders.addAll(roots.librariesOfToolkits());
            folders.addAll(roots.librariesOfPackages("libcublas"));
            return folders;
        }
    };

    private final String property;
    private final String variable;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<String> names;

    private final String source;

    NvidiaLibrary(String property, String variable, List<String> names, String source) {
        this.property = property;
        this.variable = variable;
        this.names = names;
        this.source = source;
    }

    /** Where it may lie besides the loader's path; not all of these exist. */
    abstract List<Path> folders(SearchRoots roots);

    /**
     * The system property that gives its path.
     *
     * @return the property's name
     */
    public String property() {
        return property;
    }

    /**
     * The variable of the environment that gives its path.
     *
     * @return the variable's name
     */
    public String variable() {
        return variable;
    }

    /**
     * The names that it has as a file and for the loader.
     *
     * @return the best one first
     */
    public List<String> names() {
        return names;
    }

    /**
     * How a user comes by it.
     *
     * @return a clause
     */
    String source() {
        return source;
    }

    private static List<Path> packagesOf(SearchRoots roots, String... folders) {
        return roots.packagesOfPython().stream()
                .flatMap(packages -> Stream.of(folders).map(packages::resolve))
                .toList();
    }
}
