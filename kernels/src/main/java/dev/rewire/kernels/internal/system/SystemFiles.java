package dev.rewire.kernels.internal.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files in which Linux describes a machine. One that is absent, unreadable or holds something else is an empty answer.
 *
 * @param root where {@code /proc} and {@code /sys} are; a test puts made-up ones elsewhere
 */
public record SystemFiles(Path root) {
    /** More than the cpuinfo of a thousand processors. */
    private static final int LARGEST_FILE = 8 << 20;

    /** Linux can be built for 8192. */
    private static final int MOST_PROCESSORS = 1 << 16;

    /**
     * Those of this machine.
     *
     * @return files below the root of the file system
     */
    public static SystemFiles ofMachine() {
        return new SystemFiles(Path.of("/"));
    }

    /**
     * A file's bytes.
     *
     * @param path below the root
     * @return what it holds, at most 8 MiB of it
     */
    public Optional<byte[]> bytes(String path) {
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            return Optional.of(in.readNBytes(LARGEST_FILE));
        } catch (IOException | InvalidPathException | SecurityException e) {
            return Optional.empty();
        }
    }

    /**
     * A file's text.
     *
     * @param path below the root
     * @return it without blanks at its ends; empty, too, if it is blank
     */
    public Optional<String> text(String path) {
        // Any byte is a character in Latin 1, so that no garbage is an error.
        return bytes(path)
                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1).strip())
                .filter(text -> !text.isEmpty());
    }

    /**
     * A file with one number.
     *
     * @param path below the root
     * @return the number
     */
    public OptionalLong number(String path) {
        return text(path).map(SystemFiles::parseNumber).orElse(OptionalLong.empty());
    }

    private static OptionalLong parseNumber(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * A file with one size, as 32K, 1M or 512.
     *
     * @param path below the root
     * @return the size in bytes, more than 0
     */
    public OptionalLong size(String path) {
        String text = text(path).orElse("");
        int digits = text.length() - (text.matches("\\d+[KMG]") ? 1 : 0);
        int shift = switch (text.substring(digits)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
        OptionalLong units = parseNumber(text.substring(0, digits));
        return units.isPresent() && units.getAsLong() > 0 && units.getAsLong() <= Long.MAX_VALUE >> shift
                ? OptionalLong.of(units.getAsLong() << shift)
                : OptionalLong.empty();
    }

    /**
     * A file with a list of processors or nodes, as 0-3,8.
     *
     * @param path below the root
     * @return their numbers, at least one
     */
    public Optional<BitSet> list(String path) {
        return text(path).flatMap(SystemFiles::parseList);
    }

    /**
     * Reads a list of processors or nodes.
     *
     * @param text as 0-3,8
     * @return their numbers, at least one; empty if the text is something else
     */
    public static Optional<BitSet> parseList(String text) {
        BitSet numbers = new BitSet();
        for (String range : text.strip().split(",", -1)) {
            String[] ends = range.split("-", 2);
            OptionalLong from = parseNumber(ends[0]);
            OptionalLong to = parseNumber(ends[ends.length - 1]);
            if (from.isEmpty()
                    || to.isEmpty()
                    || from.getAsLong() < 0
                    || to.getAsLong() < from.getAsLong()
                    || to.getAsLong() >= MOST_PROCESSORS) {
                return Optional.empty();
            }
            numbers.set((int) from.getAsLong(), (int) to.getAsLong() + 1);
        }
        return Optional.of(numbers);
    }
}
