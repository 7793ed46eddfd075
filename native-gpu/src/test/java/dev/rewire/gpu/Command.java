package dev.rewire.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program that a test has run.
 *
 * @param status its exit status; 124 where it was stopped, as timeout(1) has it
 * @param output what it wrote, errors included
 */
record Command(int status, String output) {
    static Command run(Duration limit, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("rewire", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
            // pip draws bars in what need not be UTF-8.
            String text = new String(Files.readAllBytes(output), StandardCharsets.ISO_8859_1);
            return new Command(ended ? process.exitValue() : 124, text);
        } finally {
            Files.delete(output);
        }
    }

    /** The first program of these names on the PATH. */
    static Optional<Path> find(String... names) {
        for (String name : names) {
            for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
                Path program = Path.of(folder, name);
                if (Files.isExecutable(program) && Files.isRegularFile(program)) {
                    return Optional.of(program);
                }
            }
        }
        return Optional.empty();
    }

    /** What it complained of: its first error, or else its last words. */
    String complaint() {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.stream()
                .filter(line -> line.startsWith("ERROR"))
                .findFirst()
                .orElse(lines.isEmpty() ? "no output" : lines.getLast());
    }
}
