package dev.rewire.gpu;

import static dev.rewire.gpu.StubDevice.assertNothingLives;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a library would refuse with a line on stderr is refused before, with the argument, its value and what is accepted. */
class RefusedArgumentsTest {
    private KernelArena arena;
    private GpuContext context;
    private GpuStream stream;
    private GpuSparseMatmul matmul;

    @BeforeEach
    void open() {
        StubDevice.reset();
        arena = KernelArena.open();
        context = StubDevice.open();
        stream = GpuStream.open(context);
        matmul = GpuSparseMatmul.of(context, GpuType.F16, DType.F16, 32, 64, GpuEpilogue.NONE);
    }

    @AfterEach
    void close() {
        if (context != null) {
            matmul.close();
            stream.close();
            context.close();
            arena.close();
            assertNothingLives("after the test");
        }
    }

    @Test
    void outputsThatAreNoMultiple() {
        assertRefused(
                "outputs: 40 does not fit; accepted are multiples of 16 from 16 on (32 bytes of F16)",
                () -> of(GpuType.F16, DType.F16, 40, 64));
    }

    @Test
    void inputsThatAreNoMultiple() {
        assertRefused(
                "inputs: 48 does not fit; accepted are multiples of 32 from 32 on (32 bytes of I8)",
                () -> of(GpuType.I8, DType.I32, 32, 48));
    }

    @Test
    void noInputs() {
        assertRefused(
                "inputs: 0 does not fit; accepted are multiples of 8 from 8 on (32 bytes of F32)",
                () -> of(GpuType.TF32, DType.F32, 32, 0));
    }

    @Test
    void aResultThatDoesNotComeOut() {
        assertRefused(
                "result: F32 does not come out of F16; accepted are [F16]", () -> of(GpuType.F16, DType.F32, 32, 32));
    }

    @Test
    void aDenseResultThatCublasltLacks() {
        assertRefused(
                "result: cuBLASLt has no F16 of I8; accepted are [I32, I8]",
                () -> GpuDenseMatmul.of(context, GpuType.I8, DType.F16, 32, 32, 1));
    }

    @Test
    void anEmptyBatch() {
        assertRefused(
                "rows: 0 is out of range; accepted are 1 to 2147483631",
                () -> GpuMatrix.allocate(stream, DType.F16, 0, 8));
    }

    @Test
    void elementsThatAreNotMultiplied() {
        assertRefused(
                "type: F64 is not multiplied; accepted are F32, F16, BF16, I8, I32",
                () -> GpuMatrix.allocate(stream, DType.F64, 1, 8));
    }

    @Test
    void weightsOfAnotherShape() {
        assertRefused(
                "weights: NmPattern 64×32, 2:4 does not fit; expected 32×64, 2:4 (F16)",
                () -> matmul.assign(weights(64, 32, 2, 4), stream));
    }

    @Test
    void floatsThatAre2to4ForTf32() {
        try (GpuSparseMatmul tf32 = GpuSparseMatmul.of(context, GpuType.TF32, DType.F32, 32, 64, GpuEpilogue.NONE)) {
            assertRefused(
                    "weights: NmPattern 32×64, 2:4 does not fit; expected 32×64, 1:2 (TF32)",
                    () -> tf32.assign(weights(32, 64, 2, 4), stream));
        }
    }

    @Test
    void aScaleForFloats() {
        assertRefused(
                "unit: 0.5 is not for F16; accepted are 1, and other positive numbers for I8",
                () -> matmul.assign(weights(32, 64, 2, 4), 0.5f, stream));
    }

    @Test
    void aNegativeScale() {
        try (GpuSparseMatmul i8 = GpuSparseMatmul.of(context, GpuType.I8, DType.I32, 32, 64, GpuEpilogue.NONE)) {
            assertRefused(
                    "unit: -1.0 is not for I8; accepted are positive numbers",
                    () -> i8.assign(weights(32, 64, 2, 4), -1, stream));
        }
    }

    @Test
    void bytesForFloats() {
        assertRefused(
                "values: bytes are not for F16; accepted are they for I8 alone",
                () -> matmul.assign(pattern(32, 64, 2, 4), arena.allocate(1024), stream));
    }

    @Test
    void tooFewBytes() {
        try (GpuSparseMatmul i8 = GpuSparseMatmul.of(context, GpuType.I8, DType.I32, 32, 64, GpuEpilogue.NONE)) {
            assertRefused(
                    "values: 1023 bytes do not fit; expected 1024 (NmPattern 32×64, 2:4)",
                    () -> i8.assign(pattern(32, 64, 2, 4), arena.allocate(1023), stream));
        }
    }

    @Test
    void samplesOfAnotherType() {
        try (GpuMatrix x = GpuMatrix.allocate(stream, DType.BF16, 4, 64);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 4, 32)) {
            assertRefused(
                    "x: GpuMatrix 4×64 of BF16 does not fit; expected 4×64 of F16",
                    () -> matmul.multiply(x, y, stream));
        }
    }

    @Test
    void aResultOfAnotherBatch() {
        try (GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 4, 64);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 5, 32)) {
            assertRefused(
                    "y: GpuMatrix 5×32 of F16 does not fit; expected 4×32 of F16", () -> matmul.multiply(x, y, stream));
        }
    }

    @Test
    void aProductWithoutWeights() {
        try (GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 4, 64);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 4, 32)) {
            assertNotYet(
                    "GpuSparseMatmul 32×64, F16 to F16: no weights yet; assign or compress some first",
                    () -> matmul.multiply(x, y, stream));
        }
    }

    @Test
    void aProductWithoutItsBias() {
        try (GpuSparseMatmul biased = GpuSparseMatmul.of(
                        context, GpuType.F16, DType.F16, 32, 64, new GpuEpilogue(true, GpuEpilogue.Activation.NONE));
                GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 4, 64);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 4, 32)) {
            biased.assign(weights(32, 64, 2, 4), stream);
            assertNotYet(
                    "GpuSparseMatmul 32×64, F16 to F16: no bias yet; assign one first",
                    () -> biased.multiply(x, y, stream));
        }
    }

    @Test
    void aBiasThatIsNotAdded() {
        assertRefused(
                "vector: GpuEpilogue[bias=false, activation=NONE] adds no bias",
                () -> matmul.assignBias(DenseMatrix.allocate(arena, 1, 32), stream));
    }

    @Test
    void tooLittleMemoryForWeights() {
        try (DeviceBuffer dense = DeviceBuffer.allocate(context, 4095)) {
            assertRefused(
                    "dense: 4095 bytes are too few; accepted are 4096 and more (32×64 of F16)",
                    () -> matmul.compress(dense, stream));
        }
    }

    @Test
    void aHeapSegment() {
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8)) {
            assertRefused(
                    "source: a heap segment; accepted are native segments (allocate it from an Arena)",
                    () -> buffer.copyFrom(0, MemorySegment.ofArray(new byte[8]), stream));
        }
    }

    @Test
    void aReadOnlyTarget() {
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8)) {
            assertRefused(
                    "target: a read-only segment; accepted are writable ones",
                    () -> buffer.copyTo(0, arena.allocate(8).asReadOnly(), stream));
        }
    }

    @Test
    void aCopyThatIsTooLong() {
        try (DeviceBuffer buffer = DeviceBuffer.allocate(context, 8)) {
            assertRefused(
                    "source: 8 bytes at offset 1 do not fit; accepted is what lies within 0 to 8",
                    () -> buffer.copyFrom(1, arena.allocate(8), stream));
        }
    }

    @Test
    void noBytes() {
        assertRefused(
                "byteSize: 0 is out of range; accepted are 1 to the memory of the device",
                () -> DeviceBuffer.allocate(context, 0));
    }

    @Test
    void anAlignmentThatTheDriverDoesNotGive() {
        try (PinnedArena pinned = PinnedArena.open(context)) {
            assertRefused(
                    "byteAlignment: 8192 does not fit; accepted are powers of two up to 4096",
                    () -> pinned.allocate(8, 8192));
        }
    }

    @Test
    void noIterations() {
        try (GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 4, 64);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 4, 32)) {
            matmul.assign(weights(32, 64, 2, 4), stream);
            assertRefused(
                    "iterations: 0 is out of range; accepted are 1 and more", () -> matmul.search(x, y, 0, stream));
        }
    }

    private void of(GpuType type, DType result, int outputs, int inputs) {
        GpuSparseMatmul.of(context, type, result, outputs, inputs, GpuEpilogue.NONE)
                .close();
    }

    private static NmPattern pattern(int rows, int cols, int n, int m) {
        return NmPattern.random(rows, cols, n, m, 1, new Random(1));
    }

    private SemiStructuredMatrix weights(int rows, int cols, int n, int m) {
        return SemiStructuredMatrix.allocate(arena, pattern(rows, cols, n, m));
    }

    private static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private static void assertNotYet(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalStateException.class, call).getMessage());
    }
}
