package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class GzipStreamTest {
    private static final byte[] CONTENT = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final byte[] PACKED = IdxBytes.gzip(CONTENT);
    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;

    private static byte[] unpack(byte[] packed) throws IOException {
        try (GzipStream stream = new GzipStream(new ByteArrayInputStream(packed), Path.of("file"))) {
            return stream.readAllBytes();
        }
    }

    private static void assertRejected(byte[] packed, int offset, String reason) {
        DataException thrown = assertThrows(DataException.class, () -> unpack(packed));

        assertEquals("file: byte " + offset + ": " + reason, thrown.getMessage());
    }

    private static byte[] with(int offset, int value) {
        byte[] changed = PACKED.clone();
        changed[offset < 0 ? changed.length + offset : offset] = (byte) value;
        return changed;
    }

    @Property
    void contentComesBack(@ForAll @Size(max = 10_000) byte[] content) throws IOException {
        assertArrayEquals(content, unpack(IdxBytes.gzip(content)));
    }

    @Example
    void contentLargerThanEveryBufferComesBack() throws IOException {
        byte[] content = IdxBytes.images(100_000);

        assertArrayEquals(content, unpack(IdxBytes.gzip(content)));
    }

    @Example
    void optionalFieldsOfTheHeaderAreSkipped() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.write(PACKED, 0, 3);
        packed.write(2 | 4 | 8 | 16);
        packed.write(PACKED, 4, 6);
        packed.write(new byte[] {3, 0, 9, 9, 9});
        packed.write(new byte[] {'n', 'a', 'm', 'e', 0});
        packed.write(new byte[] {0});
        packed.write(new byte[] {1, 2});
        packed.write(PACKED, HEADER_BYTES, PACKED.length - HEADER_BYTES);

        assertArrayEquals(CONTENT, unpack(packed.toByteArray()));
    }

    @Example
    void otherCompressionMethodIsRejected() {
        assertRejected(with(2, 7), 3, "gzip compression method 7; accepted is 8 (deflate)");
    }

    @Example
    void reservedFlagIsRejected() {
        assertRejected(with(3, 0x20), 4, "gzip flags 0x20 have reserved bits; accepted are 0x00 to 0x1f");
    }

    @Example
    void headerThatEndsTooEarlyIsRejected() {
        assertRejected(Arrays.copyOf(PACKED, 5), 5, "gzip data ends too early");
    }

    @Example
    void dataThatEndTooEarlyAreRejected() {
        int length = PACKED.length - TRAILER_BYTES - 2;

        assertRejected(Arrays.copyOf(PACKED, length), length, "gzip data ends too early");
    }

    @Example
    void trailerThatEndsTooEarlyIsRejected() {
        assertRejected(Arrays.copyOf(PACKED, PACKED.length - 1), PACKED.length - 1, "gzip data ends too early");
    }

    @Example
    void corruptDataAreRejected() {
        assertRejected(with(HEADER_BYTES, 0x07), HEADER_BYTES, "gzip data is corrupt (invalid block type)");
    }

    @Example
    void wrongChecksumIsRejected() {
        assertRejected(
                with(-TRAILER_BYTES, PACKED[PACKED.length - TRAILER_BYTES] + 1),
                PACKED.length - 4,
                "gzip checksum does not match the content");
    }

    @Example
    void wrongLengthIsRejected() {
        assertRejected(with(-4, 9), PACKED.length, "gzip length 9 does not match the content's 8");
    }

    @Example
    void bytesAfterTheMemberAreRejected() {
        assertRejected(
                Arrays.copyOf(PACKED, PACKED.length + 1),
                PACKED.length,
                "bytes follow the end of the gzip data; accepted are files of one gzip member");
    }
}
