package dev.rewire.training.data.source;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fetches a data set out of a Debian package, without installing it: apt downloads and verifies the package, dpkg
 * unpacks it. Works for every user and leaves the system as it is. (Run by root, apt cannot drop its privileges for a
 * folder in root's home; it says so in its log and goes on.)
 *
 * @param name the package
 * @param installed where the package puts the four files
 */
record DebianPackage(String name, Path installed) implements Fetch {
    @Override
    public Optional<DataFolder> fetch(Path work, Consumer<String> progress, List<String> failures) throws IOException {
        Path state = work.resolve("apt-state");
        Path cache = work.resolve("apt-cache");
        Path download = Files.createDirectory(work.resolve("download"));
        Files.createDirectories(state.resolve("lists").resolve("partial"));
        Files.createDirectories(cache.resolve("archives").resolve("partial"));
        // apt writes to its cache on every call, so even the first call gets a private one.
        List<String> privateCache = List.of("apt-get", "-q", "-o", "Dir::Cache=" + cache);
        List<String> privateLists =
                append(privateCache, "-o", "Dir::State=" + state, "-o", "Dir::State::status=/var/lib/dpkg/status");

        progress.accept("fetching Debian's " + name + " with apt-get download");
        if (!run(download, "apt-get download", append(privateCache, "download", name), failures)) {
            if (failures.get(0).endsWith(Command.NOT_STARTED)) {
                return Optional.empty();
            }
            progress.accept("apt has no usable package lists; fetching lists of our own");
            // Fails when any of the system's package sources cannot be reached, which need not be the one that matters.
            List<String> update = append(
                    privateLists, "-o", "Acquire::Languages=none", "-o", "APT::Update::Error-Mode=any", "update");
            run(download, "apt-get update with private lists", update, failures);
            List<String> again = append(privateLists, "download", name);
            if (!run(download, "apt-get download with private lists", again, failures)) {
                return Optional.empty();
            }
        }
        Optional<Path> file = downloaded(download);
        if (file.isEmpty()) {
            failures.add("apt-get download: success reported, but no package in " + download);
            return Optional.empty();
        }
        Path unpacked = work.resolve("unpacked");
        List<String> unpack = List.of("dpkg-deb", "--extract", file.get().toString(), unpacked.toString());
        return run(download, "dpkg-deb", unpack, failures)
                ? Optional.of(new DataFolder(unpacked.resolve(Path.of("/").relativize(installed))))
                : Optional.empty();
    }

    @Override
    public String byHand() {
        return "apt-get install " + name;
    }

    private static boolean run(Path folder, String label, List<String> words, List<String> failures)
            throws IOException {
        Optional<String> reason = Command.run(folder, folder.resolveSibling("log"), words);
        reason.ifPresent(why -> failures.add(label + ": " + why));
        return reason.isEmpty();
    }

    private static Optional<Path> downloaded(Path folder) throws IOException {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(folder, "*.deb")) {
            for (Path file : packages) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private static List<String> append(List<String> words, String... more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(more));
        return all;
    }
}
