package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.SparsePattern;
import dev.rewire.kernels.ValueType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sparse and dense matrices in safetensors, in a line each way. */
class SparseTensorsTest {
    private final KernelArena arena = KernelArena.open();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        arena.close();
    }

    private Path file() {
        return folder.resolve("a.safetensors");
    }

    static Stream<Arguments> matrices() {
        RandomGenerator random = new SplittableRandom(1);
        return Stream.<SparsePattern>of(
                        BlockPattern.random(7, 9, 1, 1, 20, random),
                        BlockPattern.random(7, 9, 4, 2, 6, random),
                        BlockPattern.random(128, 64, 64, 64, 1, random),
                        BlockPattern.random(5, 0, 2, 2, 0, random),
                        BlockPattern.full(0, 0, 3, 3),
                        NmPattern.random(4, 8, 2, 4, 1, random))
                .flatMap(pattern -> Stream.of(ValueType.values()).map(type -> Arguments.of(pattern, type)));
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void anyFormatComesBackBitByBit(SparsePattern pattern, ValueType type) throws IOException {
        SparseMatrix matrix = SparseMatrix.allocate(arena, pattern, type);
        fill(matrix);
        SafetensorsWriter writer = new SafetensorsWriter();
        SparseTensors.add(writer, "layer.w", matrix);
        writer.write(file());
        try (Safetensors open = Safetensors.open(file())) {
            SparseMatrix back = SparseTensors.read(arena, open, "layer.w");
            assertEquals(pattern, back.pattern());
            assertEquals(type, back.type());
            assertEquals(-1, matrix.values().mismatch(back.values()));
        }
    }

    /** All bits that a value may have, NaNs with payloads among them, but zeros in the padding. */
    private static void fill(SparseMatrix matrix) {
        if (matrix.pattern() instanceof BlockPattern p && (p.rows() % p.blockRows() + p.cols() % p.blockCols() > 0)) {
            for (int row = 0; row < p.rows(); row++) {
                for (int col = 0; col < p.cols(); col++) {
                    int block = p.find(row / p.blockRows(), col / p.blockCols());
                    if (block >= 0) {
                        long at = ((long) block * p.blockRows() + row % p.blockRows()) * p.blockCols()
                                + col % p.blockCols();
                        matrix.type().set(matrix.values(), at, row - col);
                    }
                }
            }
            return;
        }
        MemorySegment values = matrix.values();
        for (long i = 0; i < values.byteSize(); i++) {
            values.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 37 + 11));
        }
    }

    @Test
    void partsHaveTheNamesAndShapesOfPyTorch() throws IOException {
        BlockSparseMatrix matrix =
                BlockSparseMatrix.allocate(arena, BlockPattern.of(4, 6, 2, 3, new int[] {0, 1, 2}, new int[] {1, 0}));
        SafetensorsWriter writer = new SafetensorsWriter();
        SparseTensors.add(writer, "w", matrix);
        writer.write(file());
        try (Safetensors open = Safetensors.open(file())) {
            assertArrayEquals(new long[] {2, 2, 3}, open.tensor("w.values").shape());
            assertArrayEquals(new long[] {3}, open.tensor("w.crow_indices").shape());
            assertArrayEquals(new long[] {2}, open.tensor("w.col_indices").shape());
            assertEquals(DType.I32, open.tensor("w.col_indices").dtype());
            assertEquals("4x6", open.metadata().get("w.shape"));
        }
    }

    @Test
    void wideIndicesAndSingleElementsAreRead() throws IOException {
        write("4x5", DType.I64, longs(0, 1, 1, 1, 2), longs(4, 0), new long[] {2}, floats(3, -1));
        try (Safetensors open = Safetensors.open(file())) {
            BlockSparseMatrix matrix = SparseTensors.readBlocks(arena, open, "w");
            assertEquals(3, matrix.get(0, 4));
            assertEquals(-1, matrix.get(3, 0));
        }
    }

    @Test
    void whatAFileHasInThePaddingDoesNotCount() throws IOException {
        write("1x1", DType.I32, ints(0, 1), ints(0), new long[] {1, 2, 2}, floats(3, 4, 5, 6));
        try (Safetensors open = Safetensors.open(file())) {
            BlockSparseMatrix matrix = SparseTensors.readBlocks(arena, open, "w");
            assertArrayEquals(new float[] {3, 0, 0, 0}, matrix.values().toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    @Test
    void whatACallerWroteIntoThePaddingIsNotInTheFile() throws IOException {
        BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, BlockPattern.full(1, 1, 2, 2));
        matrix.values().copyFrom(MemorySegment.ofArray(floats(3, Float.NaN, 5, 6)));
        SafetensorsWriter writer = new SafetensorsWriter();
        SparseTensors.add(writer, "w", matrix);
        writer.write(file());
        try (Safetensors open = Safetensors.open(file())) {
            assertArrayEquals(
                    new float[] {3, 0, 0, 0}, open.tensor("w.values").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2x2|0 1 2|0 2|1 1|\"w.crow_indices\", colIndices[1], grid row 1: 2 is out of range; accepted are 0 to 1",
                "2x2|0 2 2|1 0|1 1|\"w.crow_indices\", colIndices[1], grid row 0: 0 comes after 1; accepted are strictly increasing columns: sort them, or let CsrArrays and BsrArrays of dev.rewire.kernels.arrays do it",
                "3x2|0 1 2|0 0|1 1|\"w.crow_indices\", rowOffsets.length: 3 does not fit; expected 4 (rows of the grid + 1)",
                "2x2|0 1 -1|0 0|1 1|\"w.crow_indices\", entry 2: -1 is out of range; accepted are 0 to 2147483647",
                "2x2|0 1 2|0 0|65 1|\"w.values\": [2, 65, 1]; accepted are blocks of 1 to 64 rows and columns",
                "2x2000000000|0 1 2|0 0|1 1|\"w.values\": metadata \"w.shape\" is \"2x2000000000\"; accepted are sides up to 1048576 for a file of this size",
                "2by2|0 1 2|0 0|1 1|\"w.values\": metadata \"w.shape\" is \"2by2\"; expected ROWSxCOLUMNS, 768x3072 for example",
            })
    void refusesWhatIsMalformed(String shape, String offsets, String indices, String block, String reason)
            throws IOException {
        int[] sides = numbers(block);
        int[] columns = numbers(indices);
        long[] dimensions = {columns.length, sides[0], sides[1]};
        write(
                shape,
                DType.I32,
                ints(numbers(offsets)),
                ints(columns),
                dimensions,
                floats(new float[columns.length * sides[0] * sides[1]]));
        try (Safetensors open = Safetensors.open(file())) {
            MatrixFileException refusal =
                    assertThrows(MatrixFileException.class, () -> SparseTensors.read(arena, open, "w"));
            assertEquals(reason, refusal.reason().replace('\'', '"'));
            assertTrue(refusal.offset() > 0);
        }
    }

    @Test
    void refusesANameWithoutAMatrix() throws IOException {
        new SafetensorsWriter().write(file());
        try (Safetensors open = Safetensors.open(file())) {
            String message = assertThrows(IllegalArgumentException.class, () -> SparseTensors.read(arena, open, "w"))
                    .getMessage();
            assertTrue(message.contains("is no sparse matrix of"), message);
        }
    }

    /** Whatever a file holds, the result is a matrix or a documented exception. */
    @Test
    void mutatedFilesGiveAMatrixOrTheDocumentedException() throws IOException {
        RandomGenerator random = new SplittableRandom(5);
        write("6x8", DType.I32, ints(0, 1, 3, 4), ints(1, 0, 3, 2), new long[] {4, 2, 2}, floats(new float[16]));
        byte[] whole = Files.readAllBytes(file());
        for (int run = 0; run < 3000; run++) {
            byte[] bytes = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : '0' + random.nextInt(10));
            }
            Files.write(file(), bytes);
            try (Safetensors open = Safetensors.open(file())) {
                SparseMatrix matrix = SparseTensors.read(arena, open, "w");
                assertEquals(matrix.rows(), matrix.pattern().transpose().cols());
            } catch (MatrixFileException | IllegalArgumentException e) {
                assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e::getMessage);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void denseTensorsOfAnyTypeBecomeFloats(ValueType type) throws IOException {
        MemorySegment values = MemorySegment.ofArray(new byte[6 * type.bytes()]);
        for (int i = 0; i < 6; i++) {
            type.set(values, i, i / 4f - 1);
        }
        for (int shift = 0; shift < 8; shift++) {
            writeMisaligned(DType.of(type), "[2,3]", values.toArray(ValueLayout.JAVA_BYTE), shift);
            try (Safetensors open = Safetensors.open(file())) {
                DenseMatrix dense = open.tensor("x").toDense(arena);
                assertArrayEquals(new float[][] {{-1, -0.75f, -0.5f}, {-0.25f, 0, 0.25f}}, dense.toRows());
            }
        }
    }

    /** A header of any length and a byte before: all that the format asks for, and nothing is aligned. */
    private void writeMisaligned(DType type, String shape, byte[] data, int shift) throws IOException {
        String header = "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"x\":{\"dtype\":\"" + type
                + "\",\"shape\":" + shape + ",\"data_offsets\":[1," + (1 + data.length) + "]}}" + " ".repeat(shift);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + header.length() + 1 + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length())
                .put(header.getBytes(StandardCharsets.US_ASCII))
                .put((byte) 7)
                .put(data);
        Files.write(file(), bytes.array());
    }

    @Test
    void misalignedSparseTensorsAreRead() throws IOException {
        write("2x2", DType.I32, ints(0, 1, 2), ints(1, 0), new long[] {2}, floats(3, -1));
        byte[] aligned = Files.readAllBytes(file());
        int header =
                (int) ByteBuffer.wrap(aligned).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        for (int shift = 1; shift < 8; shift++) {
            byte[] moved = new byte[aligned.length + shift];
            System.arraycopy(aligned, 0, moved, 0, 8 + header);
            Arrays.fill(moved, 8 + header, 8 + header + shift, (byte) ' ');
            System.arraycopy(aligned, 8 + header, moved, 8 + header + shift, aligned.length - 8 - header);
            ByteBuffer.wrap(moved).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header + shift);
            Files.write(file(), moved);
            try (Safetensors open = Safetensors.open(file())) {
                assertEquals(3, SparseTensors.read(arena, open, "w").get(0, 1));
            }
        }
    }

    @Test
    void denseMatricesAreWrittenInALine() throws IOException {
        DenseMatrix wide = DenseMatrix.copyOf(arena, new float[][] {{1, 2, 3}, {4, 5, 6}});
        DenseMatrix part = DenseMatrix.of(wide.segment(), 2, 2, 3);
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add("x", part);
        writer.write(file());
        try (Safetensors open = Safetensors.open(file())) {
            assertArrayEquals(
                    new float[][] {{1, 2}, {4, 5}},
                    open.tensor("x").toDense(arena).toRows());
        }
    }

    @Test
    void otherDenseTensorsAreRefused() throws IOException {
        writeMisaligned(DType.F64, "[1]", new byte[8], 0);
        try (Safetensors open = Safetensors.open(file())) {
            MatrixFileException refusal = assertThrows(
                    MatrixFileException.class, () -> open.tensor("x").toDense(arena));
            assertTrue(
                    refusal.reason().endsWith(": elements of F64; accepted are F32, BF16, F16"), refusal::getMessage);
        }
        writeMisaligned(DType.F32, "[1,2,1]", new byte[8], 0);
        try (Safetensors open = Safetensors.open(file())) {
            assertThrows(MatrixFileException.class, () -> open.tensor("x").toDense(arena));
        }
        writeMisaligned(DType.F32, "[2]", floats(1, 2), 0);
        try (Safetensors open = Safetensors.open(file())) {
            assertArrayEquals(
                    new float[][] {{1, 2}}, open.tensor("x").toDense(arena).toRows());
        }
        writeMisaligned(DType.F32, "[]", floats(3), 0);
        try (Safetensors open = Safetensors.open(file())) {
            assertArrayEquals(
                    new float[][] {{3}}, open.tensor("x").toDense(arena).toRows());
        }
    }

    private void write(String shape, DType index, byte[] offsets, byte[] indices, long[] dimensions, byte[] values)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.addMetadata("w.shape", shape);
        int bytes = index.bits() / Byte.SIZE;
        writer.add("w.crow_indices", index, new long[] {offsets.length / bytes}, MemorySegment.ofArray(offsets));
        writer.add("w.col_indices", index, new long[] {indices.length / bytes}, MemorySegment.ofArray(indices));
        writer.add("w.values", DType.F32, dimensions, MemorySegment.ofArray(values));
        writer.write(file());
    }

    private static int[] numbers(String text) {
        return Stream.of(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    private static byte[] longs(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return bytes.array();
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }
}
