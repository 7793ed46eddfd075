package dev.rewire.training.data;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** A change of a file at a place that is taken modulo its length. */
record FileChange(String kind, int place, int length, byte value) {
    byte[] applyTo(byte[] bytes) {
        if (bytes.length == 0) {
            return new byte[] {value};
        }
        int from = place % bytes.length;
        int to = Math.min(bytes.length, from + length);
        return switch (kind) {
            case "set" -> splice(bytes, from, to, to - from);
            case "flip" -> flip(bytes, from);
            case "truncate" -> Arrays.copyOf(bytes, from);
            case "remove" -> splice(bytes, from, to, 0);
            default -> splice(bytes, from, from, length);
        };
    }

    /** Puts {@code count} times the value in the place of the bytes from {@code from} to {@code to}. */
    private byte[] splice(byte[] bytes, int from, int to, int count) {
        byte[] spliced = Arrays.copyOf(bytes, bytes.length - (to - from) + count);
        Arrays.fill(spliced, from, from + count, value);
        System.arraycopy(bytes, to, spliced, from + count, bytes.length - to);
        return spliced;
    }

    private byte[] flip(byte[] bytes, int place) {
        byte[] flipped = bytes.clone();
        flipped[place] ^= (byte) (1 << (value & 7));
        return flipped;
    }

    /** One to four changes. */
    static Arbitrary<List<FileChange>> lists() {
        return Combinators.combine(
                        Arbitraries.of("set", "flip", "truncate", "remove", "insert"),
                        Arbitraries.integers().between(0, 200),
                        Arbitraries.integers().between(1, 20),
                        Arbitraries.bytes())
                .as(FileChange::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    static byte[] applied(List<FileChange> changes, byte[] bytes) {
        byte[] result = bytes;
        for (FileChange change : changes) {
            result = change.applyTo(result);
        }
        return result;
    }
}
