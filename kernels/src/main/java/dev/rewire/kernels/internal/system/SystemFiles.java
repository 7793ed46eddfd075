package dev.rewire.kernels.internal.system;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.OptionalLong;

/**
 * The files in which Linux describes a machine. One that is absent, unreadable or holds something else is an empty answer.
 *
 * <p>Here and in its users loops stand where streams would do: the kernels ask at their first use, and each lambda that a JVM meets for the
 * first time takes it half a millisecond.
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
     * @return what it holds, at most 8 MiB of it; nothing if it cannot be read
     */
    public byte[] bytes(String path) {
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            return in.readNBytes(LARGEST_FILE);
        } catch (IOException | InvalidPathException | SecurityException e) {
            return new byte[0];
        }
    }

    /**
     * A file's text.
     *
     * @param path below the root
     * @return it without blanks at its ends; empty if it cannot be read
     */
    public String text(String path) {
        // Any byte is a character in Latin 1, so that no garbage is an error.
        return new String(bytes(path), StandardCharsets.ISO_8859_1).strip();
    }

    /**
     * A file with one number.
     *
     * @param path below the root
     * @return the number
     */
    public OptionalLong number(String path) {
        return parseNumber(text(path));
    }

    private static OptionalLong parseNumber(String text) {
        try {
            return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
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
        String text = text(path);
        int unit = text.isEmpty() ? -1 : "KMG".indexOf(text.charAt(text.length() - 1));
        int shift = 10 * (unit + 1);
        OptionalLong units = parseNumber(unit < 0 ? text : text.substring(0, text.length() - 1));
        return units.isPresent() && units.getAsLong() > 0 && units.getAsLong() <= Long.MAX_VALUE >> shift
                ? OptionalLong.of(units.getAsLong() << shift)
                : OptionalLong.empty();
    }

    /**
     * A file with a list of processors or nodes, as 0-3,8.
     *
     * @param path below the root
     * @return their numbers; none if the file cannot be read or holds something else
     */
    public BitSet list(String path) {
        return parseList(text(path));
    }

    /**
     * Reads a list of processors or nodes.
     *
     * @param text as 0-3,8
     * @return their numbers; none if the text is something else
     */
    public static BitSet parseList(String text) {
        BitSet numbers = new BitSet();
        for (String range : text.strip().split(",", -1)) {
            int dash = range.indexOf('-');
            OptionalLong from = parseNumber(dash < 0 ? range : range.substring(0, dash));
            OptionalLong to = dash < 0 ? from : parseNumber(range.substring(dash + 1));
            if (from.isEmpty()
                    || to.isEmpty()
                    || from.getAsLong() < 0
                    || to.getAsLong() < from.getAsLong()
                    || to.getAsLong() >= MOST_PROCESSORS) {
                return new BitSet();
            }
            numbers.set((int) from.getAsLong(), (int) to.getAsLong() + 1);
        }
        return numbers;
    }
}
