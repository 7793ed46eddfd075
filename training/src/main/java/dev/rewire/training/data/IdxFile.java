package dev.rewire.training.data;

import dev.rewire.training.internal.Sha256;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * An array of unsigned bytes in the IDX format of the MNIST files, read whole into memory.
 *
 * <p>The format: two zero bytes, the type (8 for unsigned bytes), the number of dimensions d, d sizes as 32-bit
 * big-endian integers, the values in row-major order, and nothing after them. The file may be gzipped; that is told by
 * its first bytes, not by its name. Source: the MNIST data base's home page.
 */
public final class IdxFile {
    private static final int UNSIGNED_BYTE = 8;
    private static final int FIRST_SIZE = 4;
    private static final int GREATEST_CONTENT = Integer.MAX_VALUE - 64;

    // Deflate spends at least one bit on a code of 258 bytes and one on its distance: 1032 bytes from one.
    private static final long GREATEST_EXPANSION = 1032;

    private final Path file;
    private final int[] sizes;
    private final byte[] content;

    private IdxFile(Path file, int[] sizes, byte[] content) {
        this.file = file;
        this.sizes = sizes;
        this.content = content;
    }

    /**
     * Reads a file.
     *
     * @param file a plain or gzipped IDX file of unsigned bytes
     * @param dimensions the number of dimensions that it has to have, 1 to 255
     * @return the file's array
     * @throws DataException if there is no such regular file, or it is malformed: bad header, another type or number of
     *     dimensions, a size of 0 or one beyond 2 GiB in all, too few or too many values, gzip data that is corrupt or
     *     not one member
     * @throws IOException if reading fails
     */
    public static IdxFile read(Path file, int dimensions) throws IOException {
        if (dimensions < 1 || dimensions > 255) {
            throw new IllegalArgumentException("dimensions: " + dimensions + " is out of range; accepted are 1 to 255");
        }
        WholeFile.require(file);
        try (BufferedInputStream raw = new BufferedInputStream(Files.newInputStream(file))) {
            raw.mark(2);
            boolean gzipped = GzipStream.startsGzip(raw.read(), raw.read());
            raw.reset();
            long fileBytes = Files.size(file);
            if (!gzipped) {
                return read(raw, file, dimensions, fileBytes, "");
            }
            try (GzipStream unpacked = new GzipStream(raw, file)) {
                long mostBytes = Math.min(fileBytes, GREATEST_CONTENT) * GREATEST_EXPANSION;
                return read(unpacked, file, dimensions, mostBytes, " (byte counted in the unpacked content)");
            }
        }
    }

    /** Reads an array that the file, by its length, has at most {@code mostBytes} for. */
    private static IdxFile read(InputStream in, Path file, int dimensions, long mostBytes, String where)
            throws IOException {
        int start = FIRST_SIZE + Integer.BYTES * dimensions;
        byte[] header = new byte[start];
        int headerBytes = in.readNBytes(header, 0, FIRST_SIZE);
        requireType(header, headerBytes, file, dimensions, where);
        headerBytes += in.readNBytes(header, FIRST_SIZE, start - FIRST_SIZE);
        if (headerBytes < start) {
            throw new DataException(file, headerBytes, "ends in the header, which has " + start + " bytes" + where);
        }
        int[] sizes = new int[dimensions];
        long total = readSizes(header, sizes, file, where);
        if (total > mostBytes) {
            throw new DataException(
                    file,
                    FIRST_SIZE,
                    Arrays.toString(sizes) + " values need " + total + " bytes; the file can hold at most " + mostBytes
                            + where);
        }
        byte[] content = WholeFile.allocate((int) total, file);
        System.arraycopy(header, 0, content, 0, start);
        int end = start + in.readNBytes(content, start, content.length - start);
        if (end < content.length) {
            throw new DataException(
                    file,
                    end,
                    "ends too early: " + Arrays.toString(sizes) + " values need " + total + " bytes" + where);
        }
        if (in.read() >= 0) {
            throw new DataException(file, total, "goes on after its " + Arrays.toString(sizes) + " values" + where);
        }
        return new IdxFile(file, sizes, content);
    }

    private static void requireType(byte[] header, int headerBytes, Path file, int dimensions, String where)
            throws DataException {
        int[] expected = {0, 0, UNSIGNED_BYTE, dimensions};
        String[] meanings = {"magic number", "magic number", "type (8: unsigned byte)", "number of dimensions"};
        for (int i = 0; i < FIRST_SIZE; i++) {
            if (i >= headerBytes) {
                throw new DataException(file, i, "ends in the header" + where);
            }
            int found = header[i] & 0xFF;
            if (found != expected[i]) {
                throw new DataException(file, i, meanings[i] + " is " + found + "; accepted is " + expected[i] + where);
            }
        }
    }

    private static long readSizes(byte[] header, int[] sizes, Path file, String where) throws DataException {
        long values = 1;
        for (int d = 0; d < sizes.length; d++) {
            int offset = FIRST_SIZE + Integer.BYTES * d;
            long size = 0;
            for (int i = 0; i < Integer.BYTES; i++) {
                size = size << 8 | (header[offset + i] & 0xFF);
            }
            values *= size;
            if (size == 0 || values > GREATEST_CONTENT - header.length) {
                throw new DataException(
                        file,
                        offset,
                        "size " + size + " of dimension " + d + " is out of range; accepted are 1 and more, up to "
                                + GREATEST_CONTENT + " bytes in all" + where);
            }
            sizes[d] = (int) size;
        }
        return header.length + values;
    }

    /** {@return the file that was read} */
    public Path file() {
        return file;
    }

    /** {@return the number of dimensions} */
    public int dimensions() {
        return sizes.length;
    }

    /**
     * The size of a dimension.
     *
     * @param dimension 0 to {@link #dimensions()} &minus; 1
     * @return the size, at least 1
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public int size(int dimension) {
        return sizes[dimension];
    }

    /** {@return the number of values, the product of all sizes} */
    public int values() {
        return content.length - valuesOffset();
    }

    /**
     * A value.
     *
     * @param index its place in row-major order, 0 to {@link #values()} &minus; 1
     * @return the value, 0 to 255
     * @throws IndexOutOfBoundsException if there is no such value
     */
    public int value(int index) {
        return content[valuesOffset() + Objects.checkIndex(index, values())] & 0xFF;
    }

    /** The unpacked file, header included. Borrowed: not to be changed. */
    byte[] content() {
        return content;
    }

    /** The place of the first value in the unpacked file. */
    int valuesOffset() {
        return FIRST_SIZE + Integer.BYTES * sizes.length;
    }

    /** {@return the bytes of the unpacked file, header included} */
    public int bytes() {
        return content.length;
    }

    /** {@return the unpacked file's SHA-256 in hexadecimal; the same however the file was compressed} */
    public String sha256() {
        return HexFormat.of().formatHex(Sha256.digest().digest(content));
    }
}
