package dev.rewire.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.gpu.GpuEpilogue.Activation;
import dev.rewire.gpu.GpuSparseMatmul.Pruning;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.io.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds on every device: the one that is none, and a real one. */
abstract class DeviceContract {
    private static final int OUTPUTS = 96;
    private static final int INPUTS = 64;

    private KernelArena arena;
    private GpuContext context;
    private GpuStream stream;

    /** A device; aborts the test, with the reason, where there is none. */
    abstract GpuContext openDevice();

    /** How long products follow one another. */
    abstract Duration soak();

    @BeforeEach
    void open() {
        context = openDevice();
        arena = KernelArena.open();
        stream = GpuStream.open(context);
    }

    @AfterEach
    void close() {
        if (context != null) {
            stream.close();
            arena.close();
            context.close();
        }
    }

    static Stream<Arguments> typesAndResults() {
        return Stream.of(GpuType.values())
                .flatMap(type -> type.results().stream().map(result -> Arguments.of(type, result)));
    }

    @ParameterizedTest
    @MethodSource("typesAndResults")
    void smallIntegersAreMultipliedExactly(GpuType type, DType result) {
        Layer layer = Layer.ofSmallIntegers(arena, type, OUTPUTS, INPUTS, 24, 1);
        Layer.assertEqual(layer.onCpu(arena), multiply(layer, result));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 33})
    void everyBatchIsAccepted(int batch) {
        Layer layer = Layer.ofSmallIntegers(arena, GpuType.F16, OUTPUTS, INPUTS, batch, 2);
        Layer.assertEqual(layer.onCpu(arena), multiply(layer, DType.F16));
    }

    @ParameterizedTest
    @EnumSource(GpuType.class)
    void theSmallestMatrixIsAccepted(GpuType type) {
        Layer layer = Layer.ofSmallIntegers(arena, type, type.multiple(), type.multiple(), 1, 3);
        Layer.assertEqual(layer.onCpu(arena), multiply(layer, type.results().getFirst()));
    }

    @ParameterizedTest
    @EnumSource(GpuType.class)
    void realWeightsGiveWhatTheCpuGivesWithinTheBoundOfTheType(GpuType type) {
        Layer layer = Layer.ofRandomValues(arena, type, 64, 256, 40, 4);
        layer.assertWithinBound(
                layer.onCpu(arena), multiply(layer, type.results().getFirst()));
    }

    @ParameterizedTest
    @EnumSource(
            value = GpuType.class,
            names = {"F16", "BF16", "I8"})
    void biasAndReluAreApplied(GpuType type) {
        Layer layer = Layer.ofSmallIntegers(arena, type, OUTPUTS, INPUTS, 8, 5);
        DenseMatrix bias = bias();
        DenseMatrix expected = layer.onCpu(arena);
        for (int row = 0; row < expected.rows(); row++) {
            for (int col = 0; col < OUTPUTS; col++) {
                expected.set(row, col, Math.max(0, expected.get(row, col) + bias.get(0, col)));
            }
        }
        DType result = type == GpuType.I8 ? DType.I8 : type.element();
        try (GpuSparseMatmul matmul = matmul(layer, result, new GpuEpilogue(true, Activation.RELU))) {
            matmul.assignBias(bias, stream);
            Layer.assertEqual(expected, run(matmul, layer, result));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = GpuType.class,
            names = {"F16", "BF16"})
    void geluIsAppliedExactlyOrByItsTanhApproximation(GpuType type) {
        Layer layer = Layer.ofRandomValues(arena, type, 32, 64, 8, 6);
        DenseMatrix product = layer.onCpu(arena);
        try (GpuSparseMatmul matmul = matmul(layer, type.element(), new GpuEpilogue(false, Activation.GELU))) {
            DenseMatrix actual = run(matmul, layer, type.element());
            for (int row = 0; row < actual.rows(); row++) {
                for (int col = 0; col < actual.cols(); col++) {
                    double z = product.get(row, col);
                    double gelu = 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z)));
                    // The approximation is off by less than 5e-4 (Hendrycks, Gimpel: Gaussian error linear units).
                    assertEquals(gelu, actual.get(row, col), 1e-3 + type.unitRoundoff() * Math.abs(z) * 2);
                }
            }
        }
    }

    @Test
    void alphaAndBetaScaleProductAndResult() {
        Layer layer = Layer.ofSmallIntegers(arena, GpuType.F16, OUTPUTS, INPUTS, 16, 7);
        DenseMatrix product = layer.onCpu(arena);
        DenseMatrix actual = DenseMatrix.allocate(arena, 16, OUTPUTS);
        try (GpuSparseMatmul matmul = matmul(layer, DType.F16, GpuEpilogue.NONE);
                GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 16, INPUTS);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 16, OUTPUTS)) {
            x.upload(layer.x, stream);
            matmul.multiply(x, y, stream);
            matmul.multiply(2, x, -1, y, stream);
            y.download(actual, stream);
        }
        Layer.assertEqual(product, actual);
    }

    @Test
    void weightsOf8BitsAreRoundedToMultiplesOfTheScale() {
        SemiStructuredMatrix weights = weights(32, 32, 0.3f, 100, -0.26f);
        try (GpuSparseMatmul matmul = GpuSparseMatmul.of(context, GpuType.I8, DType.I32, 32, 32, GpuEpilogue.NONE)) {
            matmul.assign(weights, 0.5f, stream);
            SemiStructuredMatrix read = matmul.toHost(arena, stream);
            assertEquals(List.of(0.5f, 63.5f, -0.5f), firstValues(read, 3));
        }
    }

    @Test
    void weightsOf8BitsAreTakenAsBytes() {
        NmPattern pattern = NmPattern.random(32, 64, 2, 4, 1, new Random(9));
        try (Arena memory = Arena.ofConfined();
                GpuSparseMatmul matmul = GpuSparseMatmul.of(context, GpuType.I8, DType.I32, 32, 64, GpuEpilogue.NONE)) {
            MemorySegment bytes = memory.allocate(pattern.elements());
            SemiStructuredMatrix expected = SemiStructuredMatrix.allocate(arena, pattern);
            for (int i = 0; i < pattern.elements(); i++) {
                byte value = (byte) (i * 7 % 255 - 127);
                bytes.set(ValueLayout.JAVA_BYTE, i, value);
                expected.type().set(expected.values(), i, value);
            }
            matmul.assign(pattern, bytes, stream);
            assertTrue(expected.hasSameElements(matmul.toHost(arena, stream)));
        }
    }

    @ParameterizedTest
    @EnumSource(GpuType.class)
    void weightsComeBackAsTheyWere(GpuType type) {
        Layer layer = Layer.ofRandomValues(arena, type, 64, 320, 1, 10);
        try (GpuSparseMatmul matmul = matmul(layer, type.results().getFirst(), GpuEpilogue.NONE)) {
            layer.assertWeights(matmul.toHost(arena, stream));
        }
    }

    @Test
    void weightsAreReplaced() {
        Layer first = Layer.ofSmallIntegers(arena, GpuType.BF16, OUTPUTS, INPUTS, 4, 11);
        Layer second = Layer.ofSmallIntegers(arena, GpuType.BF16, OUTPUTS, INPUTS, 4, 12);
        try (GpuSparseMatmul matmul = matmul(first, DType.BF16, GpuEpilogue.NONE)) {
            run(matmul, first, DType.BF16);
            matmul.assign(second.weights, stream);
            Layer.assertEqual(second.onCpu(arena), run(matmul, second, DType.BF16));
        }
    }

    @Test
    void aSearchIsKeptForAllProductsOfItsShape() {
        Layer layer = Layer.ofSmallIntegers(arena, GpuType.BF16, OUTPUTS, INPUTS, 24, 13);
        try (GpuSparseMatmul matmul = matmul(layer, DType.BF16, GpuEpilogue.NONE);
                GpuSparseMatmul other = matmul(layer, DType.BF16, GpuEpilogue.NONE);
                GpuMatrix x = GpuMatrix.allocate(stream, DType.BF16, 24, INPUTS);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.BF16, 24, OUTPUTS)) {
            x.upload(layer.x, stream);
            matmul.multiply(x, y, stream);
            GpuAlgorithm best = matmul.search(x, y, 2, stream);
            assertEquals(best, context.algorithms().get(other.shape(24)));
            Layer.assertEqual(layer.onCpu(arena), run(matmul, layer, DType.BF16));
            Layer.assertEqual(layer.onCpu(arena), run(other, layer, DType.BF16));
        }
    }

    /** Also where the library does not survive a search of them. */
    @Test
    void productsOfF16StayExactAfterASearch() {
        Layer layer = Layer.ofSmallIntegers(arena, GpuType.F16, OUTPUTS, INPUTS, 24, 13);
        try (GpuSparseMatmul matmul = matmul(layer, DType.F16, GpuEpilogue.NONE);
                GpuMatrix x = GpuMatrix.allocate(stream, DType.F16, 24, INPUTS);
                GpuMatrix y = GpuMatrix.allocate(stream, DType.F16, 24, OUTPUTS)) {
            x.upload(layer.x, stream);
            matmul.search(x, y, 2, stream);
            Layer.assertEqual(layer.onCpu(arena), run(matmul, layer, DType.F16));
        }
    }

    @Test
    void aDevicePrunesAsTheHostDoes() {
        DenseMatrix dense = DenseMatrix.allocate(arena, 32, 64);
        Random random = new Random(14);
        for (int row = 0; row < 32; row++) {
            for (int col = 0; col < 64; col++) {
                dense.set(row, col, (row * 64 + col + 1) * (random.nextBoolean() ? 0x1p-11f : -0x1p-11f));
            }
        }
        try (GpuSparseMatmul matmul = GpuSparseMatmul.of(context, GpuType.TF32, DType.F32, 32, 64, GpuEpilogue.NONE);
                GpuMatrix w = GpuMatrix.allocate(stream, DType.F32, 32, 64)) {
            w.upload(dense, stream);
            assertFalse(matmul.isPruned(w.buffer(), stream), "before");
            matmul.prune(w.buffer(), Pruning.STRIP, stream);
            assertTrue(matmul.isPruned(w.buffer(), stream), "after");
            matmul.compress(w.buffer(), stream);
            SemiStructuredMatrix expected = SemiStructuredMatrix.fromDense(arena, dense, 1, 2);
            SemiStructuredMatrix actual = matmul.toHost(arena, stream);
            assertEquals(expected.pattern(), actual.pattern());
        }
    }

    @Test
    void tilesArePrunedInBothDirections() {
        Layer layer = Layer.ofRandomValues(arena, GpuType.F16, 32, 32, 32, 15);
        try (GpuSparseMatmul matmul = GpuSparseMatmul.of(context, GpuType.F16, DType.F16, 32, 32, GpuEpilogue.NONE);
                GpuMatrix w = GpuMatrix.allocate(stream, DType.F16, 32, 32)) {
            w.upload(layer.x, stream);
            matmul.prune(w.buffer(), Pruning.TILE, stream);
            matmul.compress(w.buffer(), stream);
            assertTrue(matmul.toHost(arena, stream).pattern().isTransposable());
        }
    }

    @ParameterizedTest
    @EnumSource(GpuType.class)
    void uploadedWeightsPassTheLibrarysOwnCheck(GpuType type) {
        Layer layer = Layer.ofRandomValues(arena, type, 64, 64, 1, 16);
        try (GpuSparseMatmul matmul =
                        GpuSparseMatmul.of(context, type, type.results().getFirst(), 64, 64, GpuEpilogue.NONE);
                DeviceBuffer dense = DeviceBuffer.allocate(context, matmul.denseBytes())) {
            matmul.upload(layer.weights, dense, stream);
            assertTrue(matmul.isPruned(dense, stream));
        }
    }

    @ParameterizedTest
    @EnumSource(GpuType.class)
    void theDenseProductGivesTheSame(GpuType type) {
        Layer layer = Layer.ofSmallIntegers(arena, type, OUTPUTS, INPUTS, 24, 17);
        DenseMatrix weights = DenseMatrix.allocate(arena, OUTPUTS, INPUTS);
        layer.weights.toDense(weights);
        DType result = type.results().getFirst();
        DenseMatrix actual = DenseMatrix.allocate(arena, 24, OUTPUTS);
        try (GpuDenseMatmul matmul = GpuDenseMatmul.of(context, type, result, OUTPUTS, INPUTS, 24);
                GpuMatrix w = GpuMatrix.allocate(stream, type.element(), OUTPUTS, INPUTS);
                GpuMatrix x = GpuMatrix.allocate(stream, type.element(), 24, INPUTS);
                GpuMatrix y = GpuMatrix.allocate(stream, result, 24, OUTPUTS)) {
            w.upload(weights, stream);
            x.upload(layer.x, stream);
            List<GpuDenseMatmul.Trial> trials = matmul.search(w, x, y, 8, 2, stream);
            assertFalse(trials.isEmpty());
            matmul.multiply(w, x, y, stream);
            y.download(actual, stream);
        }
        Layer.assertEqual(layer.onCpu(arena), actual);
    }

    @Test
    void bytesComeBackFromTheDevice() {
        try (Arena memory = Arena.ofConfined();
                PinnedArena pinned = PinnedArena.open(context);
                DeviceBuffer buffer = DeviceBuffer.allocate(context, 1000)) {
            MemorySegment from = pinned.allocate(600, 64);
            MemorySegment to = memory.allocate(1000);
            for (int i = 0; i < 600; i++) {
                from.set(ValueLayout.JAVA_BYTE, i, (byte) (i % 97));
            }
            buffer.fill((byte) 5, stream);
            buffer.copyFrom(300, from, stream);
            buffer.copyTo(0, to, stream);
            assertEquals(-1, to.asSlice(300, 600).mismatch(from));
            assertEquals(5, to.get(ValueLayout.JAVA_BYTE, 299));
            assertEquals(5, to.get(ValueLayout.JAVA_BYTE, 900));
        }
    }

    @Test
    void matricesThatPassInPiecesComeBackWhole() {
        DenseMatrix from = DenseMatrix.allocate(arena, 3000, 500);
        DenseMatrix to = DenseMatrix.allocate(arena, 3000, 500);
        for (int row = 0; row < 3000; row++) {
            for (int col = 0; col < 500; col++) {
                from.set(row, col, row * 500 + col);
            }
        }
        try (GpuMatrix matrix = GpuMatrix.allocate(stream, DType.F32, 3000, 500)) {
            matrix.upload(from, stream);
            matrix.download(to, stream);
        }
        assertEquals(-1, from.segment().mismatch(to.segment()));
    }

    @Test
    void pinnedMemoryStaysUntilTheDeviceHasReadIt() {
        try (Arena memory = Arena.ofConfined();
                DeviceBuffer buffer = DeviceBuffer.allocate(context, 1 << 20)) {
            MemorySegment to = memory.allocate(1 << 20);
            try (PinnedArena pinned = PinnedArena.open(context)) {
                buffer.copyFrom(0, pinned.allocate(1 << 20).fill((byte) 7), stream);
            }
            buffer.copyTo(0, to, stream);
            assertEquals(7, to.get(ValueLayout.JAVA_BYTE, (1 << 20) - 1));
        }
    }

    @Test
    void eventsMeasureTheWorkBetweenThem() {
        try (GpuEvent start = GpuEvent.create(context);
                GpuEvent end = GpuEvent.create(context);
                GpuStream other = GpuStream.open(context);
                DeviceBuffer buffer = DeviceBuffer.allocate(context, 1 << 22)) {
            start.record(stream);
            buffer.fill((byte) 1, stream);
            end.record(stream);
            other.waitFor(end);
            buffer.fill((byte) 2, other);
            other.synchronize();
            assertTrue(end.isDone());
            assertTrue(other.isDone());
            assertTrue(end.millisecondsSince(start) >= 0);
        }
    }

    @Test
    void anotherThreadMayMultiply() throws InterruptedException {
        Layer layer = Layer.ofSmallIntegers(arena, GpuType.F16, OUTPUTS, INPUTS, 8, 18);
        DenseMatrix expected = layer.onCpu(arena);
        DenseMatrix actual = DenseMatrix.allocate(arena, 8, OUTPUTS);
        try (GpuSparseMatmul matmul = matmul(layer, DType.F16, GpuEpilogue.NONE)) {
            stream.synchronize();
            Thread thread = new Thread(() -> runInto(matmul, layer, DType.F16, actual));
            thread.start();
            thread.join();
        }
        Layer.assertEqual(expected, actual);
    }

    @Test
    void aThousandPlansLeaveNoMemoryBehind() {
        Layer layer = Layer.ofSmallIntegers(arena, GpuType.F16, 32, 32, 16, 19);
        makePlans(layer, 10);
        stream.trim();
        long before = context.freeBytes();
        makePlans(layer, 1000);
        stream.trim();
        // A driver hands out memory in pages of 2 MiB.
        long lost = before - context.freeBytes();
        assertTrue(lost < 4 << 20, lost + " bytes are gone");
    }

    private void makePlans(Layer layer, int count) {
        for (int i = 0; i < count; i++) {
            try (GpuSparseMatmul matmul = matmul(layer, DType.F16, GpuEpilogue.NONE)) {
                run(matmul, layer, DType.F16);
            }
        }
    }

    @Test
    void productsStayExactForAWhile() {
        long end = System.nanoTime() + soak().toNanos();
        Layer[] layers = new Layer[4];
        DenseMatrix[] expected = new DenseMatrix[4];
        for (int i = 0; i < 4; i++) {
            layers[i] = Layer.ofSmallIntegers(arena, GpuType.I8, OUTPUTS, INPUTS, 40, 20 + i);
            expected[i] = layers[i].onCpu(arena);
        }
        DenseMatrix actual = DenseMatrix.allocate(arena, 40, OUTPUTS);
        int rounds = 0;
        try (GpuSparseMatmul matmul = matmul(layers[0], DType.I32, GpuEpilogue.NONE)) {
            while (rounds < 4 || System.nanoTime() < end) {
                Layer layer = layers[rounds % 4];
                matmul.assign(layer.weights, stream);
                runInto(matmul, layer, DType.I32, actual);
                Layer.assertEqual(expected[rounds % 4], actual);
                rounds++;
            }
        }
        assertNotEquals(0, rounds);
    }

    private DenseMatrix multiply(Layer layer, DType result) {
        try (GpuSparseMatmul matmul = matmul(layer, result, GpuEpilogue.NONE)) {
            return run(matmul, layer, result);
        }
    }

    /** A product with the layer's weights; aborts the test where the library refuses the epilogue for the type, as it may. */
    private GpuSparseMatmul matmul(Layer layer, DType result, GpuEpilogue epilogue) {
        GpuSparseMatmul matmul =
                GpuSparseMatmul.of(context, layer.type, result, layer.outputs(), layer.inputs(), epilogue);
        matmul.assign(layer.weights, stream);
        return matmul;
    }

    private DenseMatrix run(GpuSparseMatmul matmul, Layer layer, DType result) {
        DenseMatrix y = DenseMatrix.allocate(arena, layer.batch(), layer.outputs());
        runInto(matmul, layer, result, y);
        return y;
    }

    private void runInto(GpuSparseMatmul matmul, Layer layer, DType result, DenseMatrix target) {
        try (GpuMatrix x = GpuMatrix.allocate(stream, layer.type.element(), layer.batch(), layer.inputs());
                GpuMatrix y = GpuMatrix.allocate(stream, result, layer.batch(), layer.outputs())) {
            x.upload(layer.x, stream);
            matmul.multiply(x, y, stream);
            y.download(target, stream);
        } catch (GpuException e) {
            Assumptions.assumeFalse(
                    e.name().equals("CUSPARSE_STATUS_NOT_SUPPORTED"), "the library refuses " + matmul + ": " + e);
            throw e;
        }
    }

    private DenseMatrix bias() {
        DenseMatrix bias = DenseMatrix.allocate(arena, 1, OUTPUTS);
        for (int i = 0; i < OUTPUTS; i++) {
            bias.set(0, i, i % 9 - 4);
        }
        return bias;
    }

    private SemiStructuredMatrix weights(int rows, int cols, float... first) {
        NmPattern pattern = NmPattern.random(rows, cols, 2, 4, 1, new Random(21));
        SemiStructuredMatrix weights = SemiStructuredMatrix.allocate(arena, pattern);
        for (int i = 0; i < first.length; i++) {
            weights.type().set(weights.values(), i, first[i]);
        }
        return weights;
    }

    private static List<Float> firstValues(SemiStructuredMatrix matrix, int count) {
        return Stream.iterate(0, i -> i + 1)
                .limit(count)
                .map(i -> matrix.type().get(matrix.values(), i))
                .toList();
    }
}
