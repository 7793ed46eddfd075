package dev.rewire.gpu.internal.library;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * All that a search for libraries reads of a machine, so that a test can have another one.
 *
 * @param properties the JVM's system properties
 * @param environment the variables
 * @param root what the system's own folders lie under; {@code /} but in tests
 * @param loaderPath whether the loader may be asked for a library by its name
 */
public record SearchRoots(
        Map<String, String> properties, Map<String, String> environment, Path root, boolean loaderPath) {
    /** Of versions of one thing the newest first: a longer number is a larger one. */
    private static final Comparator<Path> NEWEST_FIRST = Comparator.<Path>comparingInt(
                    path -> path.toString().length())
            .thenComparing(Comparator.naturalOrder())
            .reversed();

    /**
     * A machine.
     *
     * @param properties the JVM's system properties
     * @param environment the variables
     * @param root what the system's own folders lie under
     * @param loaderPath whether the loader may be asked for a library by its name
     */
    public SearchRoots {
        properties = Map.copyOf(properties);
        environment = Map.copyOf(environment);
    }

    /**
     * The machine that this runs on, as it is now.
     *
     * @return its properties, variables and folders
     */
    public static SearchRoots ofMachine() {
        Map<String, String> properties = new HashMap<>();
        for (String name : System.getProperties().stringPropertyNames()) {
            properties.put(name, System.getProperty(name, ""));
        }
        return new SearchRoots(properties, System.getenv(), Path.of("/"), true);
    }

    /**
     * A system property.
     *
     * @param name the property's
     * @return its value, empty if it is not set
     */
    public String property(String name) {
        return properties.getOrDefault(name, "");
    }

    /**
     * A variable of the environment.
     *
     * @param name the variable's
     * @return its value, empty if it is not set
     */
    public String variable(String name) {
        return environment.getOrDefault(name, "");
    }

    /**
     * The folders that pip installs into, without running Python: of the virtual environment, of the python3 that the shell would find (all
     * versions where that is a shim of pyenv), of the user, of the system.
     *
     * @return those that exist
     */
    List<Path> packagesOfPython() {
        Set<Path> prefixes = new LinkedHashSet<>();
        absolute(variable("VIRTUAL_ENV")).ifPresent(prefixes::add);
        absolute(variable("CONDA_PREFIX")).ifPresent(prefixes::add);
        Stream.of(variable("PATH").split(File.pathSeparator, -1))
                .flatMap(folder -> absolute(folder).stream())
                .map(folder -> folder.resolve("python3"))
                .filter(Files::isExecutable)
                .findFirst()
                .ifPresent(python -> prefixes.addAll(prefixesOf(python)));
        absolute(property("user.home")).map(home -> home.resolve(".local")).ifPresent(prefixes::add);
        prefixes.add(root.resolve("usr/local"));
        prefixes.add(root.resolve("usr"));
        List<Path> packages = new ArrayList<>();
        for (Path prefix : prefixes) {
            for (String lib : List.of("lib", "lib64")) {
                for (Path version : list(prefix.resolve(lib), "python3*")) {
                    packages.add(version.resolve("site-packages"));
                    packages.add(version.resolve("dist-packages"));
                }
            }
        }
        return existing(packages);
    }

    private static List<Path> prefixesOf(Path python) {
        List<Path> prefixes = new ArrayList<>();
        Path folder = python.toAbsolutePath().getParent();
        if (folder == null || folder.getParent() == null) {
            return List.of();
        }
        Path prefix = folder.getParent();
        prefixes.add(prefix);
        if (folder.endsWith("shims")) {
            prefixes.addAll(list(prefix.resolve("versions"), "*"));
        }
        try {
            // A virtual environment links to the Python that it was made from.
            Path bin = python.toRealPath().getParent();
            if (bin != null && bin.getParent() != null) {
                prefixes.add(bin.getParent());
            }
        } catch (IOException e) {
            // A link to nowhere has no packages.
        }
        return prefixes;
    }

    /**
     * The folders of libraries of CUDA toolkits and of conda.
     *
     * @return those that exist
     */
    List<Path> librariesOfToolkits() {
        List<Path> toolkits = new ArrayList<>();
        absolute(variable("CUDA_HOME")).ifPresent(toolkits::add);
        absolute(variable("CUDA_PATH")).ifPresent(toolkits::add);
        absolute(variable("CONDA_PREFIX")).ifPresent(toolkits::add);
        toolkits.add(root.resolve("usr/local/cuda"));
        toolkits.addAll(list(root.resolve("usr/local"), "cuda-*"));
        return existing(toolkits.stream()
                .flatMap(toolkit -> Stream.of("lib64", "lib").map(toolkit::resolve))
                .toList());
    }

    /**
     * Folders under the system's folders of libraries.
     *
     * @param folder that a package of NVIDIA's has below {@code /usr/lib/x86_64-linux-gnu}, with a folder for each version of CUDA
     * @return those that exist
     */
    List<Path> librariesOfPackages(String folder) {
        List<Path> folders = new ArrayList<>();
        for (Path triplet : list(root.resolve("usr/lib"), "*-linux-gnu")) {
            folders.addAll(list(triplet.resolve(folder), "*"));
        }
        folders.addAll(list(root.resolve("usr/lib64").resolve(folder), "*"));
        return existing(folders);
    }

    /** A path that a setting gives, if it is one and does not depend on the folder that the JVM was started in. */
    static Optional<Path> absolute(String setting) {
        try {
            return Optional.of(Path.of(setting)).filter(Path::isAbsolute);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static List<Path> existing(List<Path> folders) {
        return folders.stream().distinct().filter(Files::isDirectory).toList();
    }

    /** What a folder holds of a pattern; nothing where it cannot be read. */
    private static List<Path> list(Path folder, String pattern) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, pattern)) {
            entries.forEach(found::add);
        } catch (IOException | DirectoryIteratorException e) {
            return List.of();
        }
        found.sort(NEWEST_FIRST);
        return found;
    }
}
