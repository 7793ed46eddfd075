package dev.rewire.training.data;

import dev.rewire.training.internal.Sha256;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 of what samples are made of: numbers as 32 bits, little-endian. */
final class ContentHash {
    private static final int CHUNK = 1 << 14;

    private final MessageDigest digest = Sha256.digest();
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    ContentHash text(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    ContentHash ints(int... values) {
        return ints(values, 0, values.length);
    }

    ContentHash ints(int[] values, int from, int to) {
        for (int i = from; i < to; i += CHUNK) {
            int count = Math.min(CHUNK, to - i);
            chunk.clear().asIntBuffer().put(values, i, count);
            digest.update(chunk.limit(count * Integer.BYTES));
        }
        return this;
    }

    ContentHash floats(float[] values) {
        for (int i = 0; i < values.length; i += CHUNK) {
            int count = Math.min(CHUNK, values.length - i);
            chunk.clear().asFloatBuffer().put(values, i, count);
            digest.update(chunk.limit(count * Float.BYTES));
        }
        return this;
    }

    ContentHash bytes(byte[] values, int from, int count) {
        digest.update(values, from, count);
        return this;
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
