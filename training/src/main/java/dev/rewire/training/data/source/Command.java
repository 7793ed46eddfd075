package dev.rewire.training.data.source;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An external program that is run for what it does, not for what it prints. */
final class Command {
    /** Why a program failed that is not installed. */
    static final String NOT_STARTED = "it cannot be started, so it is not installed or not on the PATH";

    private static final long LIMIT_SECONDS = 300;
    private static final int MOST_COMPLAINTS = 4;
    private static final int MOST_COMPLAINT_LETTERS = 400;

    /** How apt and npm begin the lines that say what went wrong. */
    private static final Pattern COMPLAINT = Pattern.compile("(E:|npm (error|ERR!)) .*");

    private Command() {}

    /**
     * Runs a program to its end.
     *
     * @param folder the program's working directory
     * @param log a file for what it prints; overwritten
     * @param words the program and its arguments
     * @return nothing if it succeeded, else why it did not, on one line
     */
    static Optional<String> run(Path folder, Path log, List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("LC_ALL", "C");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return Optional.of(NOT_STARTED);
        }
        process.getOutputStream().close();
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                return Optional.of("no end after " + LIMIT_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException(words.get(0) + " was interrupted");
            interrupted.initCause(e);
            throw interrupted;
        } finally {
            process.destroy();
        }
        return process.exitValue() == 0
                ? Optional.empty()
                : Optional.of("exit " + process.exitValue() + ", " + complaint(log));
    }

    private static String complaint(Path log) throws IOException {
        // Decoded leniently: programs print file names in whatever encoding those have.
        List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (lines.isEmpty()) {
            return "without a word";
        }
        String complaints = lines.stream()
                .filter(COMPLAINT.asMatchPredicate())
                .limit(MOST_COMPLAINTS)
                .collect(Collectors.joining(" / "));
        String reason = complaints.isEmpty() ? lines.get(lines.size() - 1) : complaints;
        return reason.substring(0, Math.min(reason.length(), MOST_COMPLAINT_LETTERS));
    }
}
