package dev.rewire.kernels.io;

import dev.rewire.kernels.DenseMatrix;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects tensors and writes them as one safetensors file. Data are ordered by falling alignment of their type, then by name, as the
 * reference implementation does it, so that every tensor is aligned and the same tensors give the same bytes.
 */
public final class SafetensorsWriter {
    /** Data start at a multiple of this. */
    private static final int ALIGNMENT = 8;

    private final Map<String, Tensor> tensors = new TreeMap<>();
    private final Map<String, String> metadata = new TreeMap<>();

    /** A writer of a file without tensors. */
    public SafetensorsWriter() {}

    private record Tensor(String name, DType dtype, String shape, MemorySegment data) {}

    /**
     * Adds a tensor.
     *
     * @param name not yet added
     * @param dtype type of the elements
     * @param shape the dimensions, each at least 0; none for a scalar
     * @param data the elements, row-major and little-endian: as many bytes as shape and type need. Not copied: they are read by {@link #write}
     * @throws IllegalArgumentException if an argument is not as described
     */
    public void add(String name, DType dtype, long[] shape, MemorySegment data) {
        checkUnicode("name", name);
        if (name.equals(SafetensorsHeader.METADATA) || tensors.containsKey(name)) {
            throw new IllegalArgumentException(
                    "name: " + JsonScanner.shown(name) + " is taken; accepted are names not yet added");
        }
        if (shape.length > SafetensorsHeader.MOST_DIMENSIONS) {
            throw new IllegalArgumentException("shape: " + shape.length
                    + " dimensions are out of range; accepted are 0 to " + SafetensorsHeader.MOST_DIMENSIONS);
        }
        List<String> dimensions = new ArrayList<>();
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "shape: dimension " + dimension + " is out of range; accepted are at least 0");
            }
            dimensions.add(Long.toString(dimension));
        }
        String text = "[" + String.join(",", dimensions) + "]";
        long bytes;
        try {
            bytes = dtype.bytes(shape);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "shape: the size of " + text + " overflows, or is no whole bytes of " + dtype, e);
        }
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException("data: " + data.byteSize() + " bytes do not fit; expected " + bytes
                    + " (" + text + " of " + dtype + ")");
        }
        tensors.put(name, new Tensor(name, dtype, text, data.asReadOnly()));
    }

    /**
     * Adds a dense matrix as F32 [rows, cols].
     *
     * @param name not yet added
     * @param matrix its elements are copied now
     * @throws IllegalArgumentException if the name is taken
     */
    public void add(String name, DenseMatrix matrix) {
        long bytesOfRow = (long) matrix.cols() * Float.BYTES;
        MemorySegment copy = Arena.ofAuto().allocate(matrix.rows() * bytesOfRow, Float.BYTES);
        for (int row = 0; row < matrix.rows(); row++) {
            MemorySegment.copy(
                    matrix.segment(),
                    ValueLayout.JAVA_FLOAT,
                    row * matrix.rowStride() * Float.BYTES,
                    copy,
                    ValueLayout.JAVA_FLOAT.withOrder(ByteOrder.LITTLE_ENDIAN),
                    row * bytesOfRow,
                    matrix.cols());
        }
        add(name, DType.F32, new long[] {matrix.rows(), matrix.cols()}, copy);
    }

    /**
     * Adds a text to the {@code __metadata__} of the file.
     *
     * @param key not yet added
     * @param value any text
     * @throws IllegalArgumentException if there is a text of that key, or surrogates are not in pairs
     */
    public void addMetadata(String key, String value) {
        checkUnicode("key", key);
        checkUnicode("value", value);
        if (metadata.putIfAbsent(key, value) != null) {
            throw new IllegalArgumentException(
                    "key: " + JsonScanner.shown(key) + " is taken; accepted are keys not yet added");
        }
    }

    private static void checkUnicode(String argument, String text) {
        if (!JsonScanner.isUnicode(text)) {
            throw new IllegalArgumentException(argument + ": half of a surrogate pair in " + JsonScanner.shown(text)
                    + "; accepted is valid Unicode");
        }
    }

    /**
     * Writes the file beside its place and moves it there once it is whole and on the disk: whoever opens it finds the old file or the new one.
     *
     * @param file where to; replaced if it exists, and its mode kept; if it is a symbolic link, the file is replaced that it leads to
     * @throws IllegalArgumentException if the names and texts need a header of more than 100 MB
     * @throws IllegalStateException if the arena of a tensor is closed; nothing is replaced
     * @throws IOException if writing fails, or the name is that of a folder, a device or a pipe; nothing is replaced
     */
    public void write(Path file) throws IOException {
        WholeFile.write(file, this::write);
    }

    /** Writes what the file holds. */
    void write(WritableByteChannel channel) throws IOException {
        List<Tensor> ordered = new ArrayList<>(tensors.values());
        ordered.sort(Comparator.comparing(Tensor::dtype, Comparator.reverseOrder()));
        byte[] header = header(ordered);
        if (header.length > SafetensorsHeader.MOST_BYTES) {
            throw new IllegalArgumentException("names and metadata: a header of " + header.length
                    + " bytes is out of range; accepted are up to " + SafetensorsHeader.MOST_BYTES);
        }
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        writeFully(channel, length.putLong(header.length).flip());
        writeFully(channel, ByteBuffer.wrap(header));
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
        for (Tensor tensor : ordered) {
            write(channel, tensor.data(), buffer);
        }
    }

    private static void write(WritableByteChannel channel, MemorySegment data, ByteBuffer buffer) throws IOException {
        for (long from = 0; from < data.byteSize(); from += buffer.capacity()) {
            int bytes = (int) Math.min(buffer.capacity(), data.byteSize() - from);
            buffer.clear().limit(bytes);
            MemorySegment.ofBuffer(buffer).copyFrom(data.asSlice(from, bytes));
            writeFully(channel, buffer);
        }
    }

    private static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** The JSON text, with blanks behind it so that data are aligned. */
    private byte[] header(List<Tensor> ordered) {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            quote(json, SafetensorsHeader.METADATA).append(":{");
            metadata.forEach((key, value) -> {
                quote(json, key).append(':');
                quote(json, value).append(',');
            });
            json.setCharAt(json.length() - 1, '}');
            json.append(',');
        }
        long begin = 0;
        for (Tensor tensor : ordered) {
            long end = begin + tensor.data().byteSize();
            quote(json, tensor.name()).append(":{\"dtype\":\"").append(tensor.dtype());
            json.append("\",\"shape\":").append(tensor.shape());
            json.append(",\"data_offsets\":[")
                    .append(begin)
                    .append(',')
                    .append(end)
                    .append("]},");
            begin = end;
        }
        if (json.length() > 1) {
            json.setLength(json.length() - 1);
        }
        json.append('}');
        byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(text, Math.ceilDiv(text.length, ALIGNMENT) * ALIGNMENT);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        return padded;
    }

    private static StringBuilder quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else {
                json.append(c);
            }
        }
        return json.append('"');
    }

    @Override
    public String toString() {
        return "SafetensorsWriter of " + tensors.size() + (tensors.size() == 1 ? " tensor" : " tensors");
    }
}
