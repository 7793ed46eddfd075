package dev.rewire.kernels.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.StringJoiner;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the members of a {@code .npz} file: arrays in NumPy's format 1.0, deflated. */
final class NpzOutput implements AutoCloseable {
    /** Data start at a multiple of this, as NumPy has it. */
    private static final int ALIGNMENT = 64;

    /** The first time that ZIP knows: what a file holds depends on the matrix alone. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private static final int PREFIX_BYTES = 10;

    private final ZipOutputStream zip;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);

    NpzOutput(OutputStream out) {
        zip = new ZipOutputStream(out);
    }

    /** What all formats have. */
    void head(String format, int rows, int cols) throws IOException {
        begin("format", "|S" + format.length(), new int[0]);
        zip.write(format.getBytes(StandardCharsets.US_ASCII));
        begin("shape", "<i8", 2);
        buffer.putLong(rows).putLong(cols);
        flush(0);
    }

    void compressed(int[] offsets, int[] indices) throws IOException {
        ints("indptr", offsets);
        ints("indices", indices);
    }

    void ints(String name, int[] values) throws IOException {
        begin(name, "<i4", values.length);
        for (int value : values) {
            buffer.putInt(value);
            flush(Integer.BYTES);
        }
        flush(0);
    }

    void floats(String name, float[] values, int... shape) throws IOException {
        begin(name, "<f4", shape);
        for (float value : values) {
            buffer.putFloat(value);
            flush(Float.BYTES);
        }
        flush(0);
    }

    private void begin(String name, String type, int... shape) throws IOException {
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        StringJoiner dimensions = new StringJoiner(", ", "(", shape.length == 1 ? ",)" : ")");
        for (int dimension : shape) {
            dimensions.add(Integer.toString(dimension));
        }
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + dimensions + ", }";
        int used = PREFIX_BYTES + header.length() + 1;
        String padded = header + " ".repeat(Math.ceilDiv(used, ALIGNMENT) * ALIGNMENT - used) + "\n";
        zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        buffer.putShort((short) padded.length()).put(padded.getBytes(StandardCharsets.US_ASCII));
        flush(0);
    }

    /** Writes the buffer, unless there is room for so many bytes more. */
    private void flush(int room) throws IOException {
        if (room == 0 || buffer.remaining() < room) {
            zip.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }

    /** Writes the directory; what is below stays open. */
    @Override
    public void close() throws IOException {
        zip.finish();
    }
}
