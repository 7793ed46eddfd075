package dev.rewire.training.loop;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import dev.rewire.training.internal.Sha256;
import dev.rewire.training.parameter.ParameterPattern;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of what a run is made of, in hexadecimal: numbers are hashed as 32 bits, little-endian, and the places of an N:M pattern as
 * they are packed. */
public final class Hashes {
    private static final int CHUNK = 1 << 20;

    private Hashes() {}

    /** The patterns of all layers. */
    public static String topology(List<ParameterPattern> patterns) {
        MessageDigest digest = Sha256.digest();
        for (ParameterPattern pattern : patterns) {
            switch (pattern) {
                case ParameterPattern.Blocks blocks -> update(digest, blocks.pattern());
                case ParameterPattern.Nm nm -> update(digest, nm.pattern());
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, BlockPattern p) {
        ByteBuffer numbers = ByteBuffer.allocate(Integer.BYTES * (5 + p.gridRows() + p.blocks()))
                .order(ByteOrder.LITTLE_ENDIAN);
        numbers.putInt(p.rows()).putInt(p.cols()).putInt(p.blockRows()).putInt(p.blockCols());
        for (int gridRow = 0; gridRow <= p.gridRows(); gridRow++) {
            numbers.putInt(p.rowOffset(gridRow));
        }
        for (int block = 0; block < p.blocks(); block++) {
            numbers.putInt(p.gridCol(block));
        }
        digest.update(numbers.flip());
    }

    private static void update(MessageDigest digest, NmPattern p) {
        ByteBuffer numbers = ByteBuffer.allocate(4 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        digest.update(numbers.putInt(p.rows())
                .putInt(p.cols())
                .putInt(p.n())
                .putInt(p.m())
                .flip());
        digest.update(p.packed());
    }

    /** Floats, one segment after the other. */
    public static String floats(List<MemorySegment> segments) {
        MessageDigest digest = Sha256.digest();
        segments.forEach(segment -> update(digest, segment));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Floats are hashed as they lie in memory, so a big-endian machine would give another hash. */
    private static void update(MessageDigest digest, MemorySegment floats) {
        for (long from = 0; from < floats.byteSize(); from += CHUNK) {
            digest.update(floats.asSlice(from, Math.min(CHUNK, floats.byteSize() - from))
                    .asByteBuffer());
        }
    }
}
