package dev.rewire.training.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/** SHA-256 of what samples are made of: numbers as 32 bits, little-endian. */
public final class ContentHash {
    private static final int CHUNK = 1 << 14;

    private final MessageDigest digest = Sha256.digest();
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);

    public ContentHash text(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    public ContentHash ints(int... values) {
        return ints(values, 0, values.length);
    }

    public ContentHash ints(int[] values, int from, int to) {
        for (int i = from; i < to; i += CHUNK) {
            int count = Math.min(CHUNK, to - i);
            chunk.clear().asIntBuffer().put(values, i, count);
            digest.update(chunk.limit(count * Integer.BYTES));
        }
        return this;
    }

    public ContentHash floats(float[] values) {
        for (int i = 0; i < values.length; i += CHUNK) {
            int count = Math.min(CHUNK, values.length - i);
            chunk.clear().asFloatBuffer().put(values, i, count);
            digest.update(chunk.limit(count * Float.BYTES));
        }
        return this;
    }

    public ContentHash bytes(byte[] values, int from, int count) {
        digest.update(values, from, count);
        return this;
    }

    public String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
