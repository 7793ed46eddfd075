package dev.rewire.kernels.io;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.ValueType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * An open safetensors file: named tensors, mapped into memory as they lie in the file. Opening checks the whole header, as strictly as the
 * reference implementation and without its leniency towards unknown keys: data fill the file without holes and overlaps, each name is
 * described once, sizes are those of shape and dtype. Tensors are not read until they are used.
 *
 * <p>May be used by every thread. The file must not shrink while it is open: what was cut off throws {@link InternalError} when it is read.
 */
public final class Safetensors implements AutoCloseable {
    private final String file;
    private final SafetensorsHeader header;
    private final Arena arena;
    private final MemorySegment data;

    private Safetensors(String file, SafetensorsHeader header, Arena arena, MemorySegment data) {
        this.file = file;
        this.header = header;
        this.arena = arena;
        this.data = data;
    }

    /**
     * Opens a file; the caller closes it.
     *
     * @param file what to open
     * @return the open file
     * @throws MatrixFileException if it is malformed
     * @throws IOException if it cannot be read
     */
    public static Safetensors open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new MatrixFileException(file.toString(), 0, "a directory; accepted are safetensors files");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            SafetensorsHeader header = SafetensorsHeader.read(channel, size, file.toString());
            Arena arena = Arena.ofShared();
            try {
                MemorySegment data = channel.map(
                        FileChannel.MapMode.READ_ONLY, header.dataStart(), size - header.dataStart(), arena);
                return new Safetensors(file.toString(), header, arena, data);
            } catch (Throwable e) {
                arena.close();
                throw e;
            }
        }
    }

    /**
     * The names of the tensors.
     *
     * @return in the order of their data
     */
    public Set<String> names() {
        return header.entries().keySet();
    }

    /**
     * The texts that the file holds besides tensors ({@code __metadata__}).
     *
     * @return in the order of the file
     */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * A tensor.
     *
     * @param name one of {@link #names}
     * @return the tensor
     * @throws IllegalArgumentException if there is none of that name
     */
    public Tensor tensor(String name) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new IllegalArgumentException(
                    "name: " + JsonScanner.shown(name) + " is no tensor of " + MatrixFileException.printable(file)
                            + "; names() lists its " + header.entries().size());
        }
        return new Tensor(this, entry, data.asSlice(entry.begin(), entry.end() - entry.begin()));
    }

    /** Bytes of all tensors. */
    long dataBytes() {
        return data.byteSize();
    }

    /** An error in the data of a tensor. */
    MatrixFileException error(String name, String reason) {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        return MatrixFileException.atByte(
                file, header.dataStart() + (entry == null ? 0 : entry.begin()), JsonScanner.shown(name) + reason);
    }

    /**
     * Unmaps the file. Its tensors can no longer be read.
     *
     * @throws IllegalStateException if it is closed already, or a native call uses a tensor
     */
    @Override
    public void close() {
        arena.close();
    }

    @Override
    public String toString() {
        return "Safetensors " + file + ", " + header.entries().size() + " tensors";
    }

    /** A tensor of an open file. */
    public static final class Tensor {
        private static final ValueLayout.OfFloat FLOAT =
                ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        private static final ValueLayout.OfShort SHORT =
                ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

        private final Safetensors file;
        private final SafetensorsHeader.Entry entry;
        private final MemorySegment data;

        private Tensor(Safetensors file, SafetensorsHeader.Entry entry, MemorySegment data) {
            this.file = file;
            this.entry = entry;
            this.data = data;
        }

        /**
         * Its name.
         *
         * @return as in the file
         */
        public String name() {
            return entry.name();
        }

        /**
         * The type of its elements.
         *
         * @return the type
         */
        public DType dtype() {
            return entry.dtype();
        }

        /**
         * Its dimensions.
         *
         * @return a copy; empty for a scalar
         */
        public long[] shape() {
            return entry.shape().clone();
        }

        /**
         * Its elements: row-major (the last dimension is contiguous), little-endian, at any alignment: use unaligned layouts. Reading them after the
         * file was closed throws {@link IllegalStateException}.
         *
         * @return read-only memory of the mapped file
         */
        public MemorySegment data() {
            return data;
        }

        /**
         * Its elements as a matrix of 32-bit floats, which BF16 and F16 become without loss, at whatever alignment they lie.
         *
         * @param allocator where the memory comes from and whose arena frees it
         * @return a copy; of a tensor of one dimension one row, of a scalar one element
         * @throws MatrixFileException if it has more dimensions than two, or elements of another type than F32, BF16, F16
         */
        public DenseMatrix toDense(SegmentAllocator allocator) throws MatrixFileException {
            long[] shape = entry.shape();
            ValueType type = switch (entry.dtype()) {
                case F32 -> ValueType.F32;
                case BF16 -> ValueType.BF16;
                case F16 -> ValueType.F16;
                default -> throw file.error(name(), ": elements of " + dtype() + "; accepted are F32, BF16, F16");
            };
            long rows = shape.length == 2 ? shape[0] : 1;
            long cols = shape.length == 0 ? 1 : shape[shape.length - 1];
            if (shape.length > 2 || rows > Integer.MAX_VALUE || cols > Integer.MAX_VALUE) {
                throw file.error(name(), ": " + Arrays.toString(shape) + " is no matrix");
            }
            DenseMatrix dense = DenseMatrix.allocate(allocator, (int) rows, (int) cols);
            for (long i = 0; i < rows * cols; i++) {
                dense.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, element(type, i));
            }
            return dense;
        }

        private float element(ValueType type, long index) {
            return switch (type) {
                case F32 -> data.get(FLOAT, index * Float.BYTES);
                case BF16 -> Float.intBitsToFloat(data.get(SHORT, index * Short.BYTES) << Short.SIZE);
                case F16 -> Float.float16ToFloat(data.get(SHORT, index * Short.BYTES));
            };
        }

        @Override
        public String toString() {
            return "Tensor " + JsonScanner.shown(entry.name()) + " " + entry.dtype() + " "
                    + Arrays.toString(entry.shape());
        }
    }
}
