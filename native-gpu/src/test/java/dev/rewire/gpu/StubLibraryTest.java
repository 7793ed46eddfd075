package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_16F;
import static dev.rewire.gpu.internal.binding.CudaConstants.CUDA_R_8I;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MAT_BATCH_STRIDE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSELT_MAT_NUM_BATCHES;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_COMPUTE_32F;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_COMPUTE_32I;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_ORDER_COL;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_ORDER_ROW;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_STATUS_INVALID_VALUE;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_STATUS_NOT_SUPPORTED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.gpu.internal.binding.CusparseLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the stub of cuSPARSELt computes and refuses beyond what our products ask of it, so that other callers can be tested on it, too. */
class StubLibraryTest {
    private static final int M = 32;
    private static final int N = 24;
    private static final int K = 64;
    private static final int BATCHES = 2;

    private final Arena arena = Arena.ofConfined();
    private final List<DeviceBuffer> buffers = new ArrayList<>();
    private GpuContext context;
    private GpuStream stream;
    private CusparseLt library;
    private MemorySegment handle;

    @BeforeEach
    void open() {
        StubDevice.reset();
        context = StubDevice.open();
        stream = GpuStream.open(context);
        library = context.sparse;
        handle = context.handle();
    }

    @AfterEach
    void close() {
        if (context != null) {
            buffers.forEach(DeviceBuffer::close);
            stream.close();
            context.close();
            arena.close();
        }
    }

    /** A matrix of each batch as it lies in memory: rows × cols after its operation is undone. */
    private record Stored(int rows, int cols, int order) {
        static Stored of(int rows, int cols, int op, int order) {
            return op == 0 ? new Stored(rows, cols, order) : new Stored(cols, rows, order);
        }

        int ld() {
            return order == CUSPARSE_ORDER_ROW ? cols : rows;
        }

        long index(int batch, int row, int col) {
            return (long) batch * rows * cols
                    + (order == CUSPARSE_ORDER_ROW ? (long) row * cols + col : (long) col * rows + row);
        }

        /** The place of an element of op(matrix). */
        long index(int batch, int row, int col, int op) {
            return op == 0 ? index(batch, row, col) : index(batch, col, row);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, ROW, ROW, ROW",
        "0, 1, ROW, ROW, COL",
        "1, 0, COL, COL, COL",
        "1, 1, COL, ROW, ROW",
        "0, 0, COL, COL, COL",
        "1, 1, ROW, COL, COL"
    })
    void everyLayoutAndEveryBatchIsMultiplied(int opA, int opB, String orderA, String orderB, String orderD) {
        Stored a = Stored.of(M, K, opA, order(orderA));
        Stored b = Stored.of(K, N, opB, order(orderB));
        Stored d = new Stored(M, N, order(orderD));
        float[][][] w = new float[BATCHES][M][K];
        float[][][] x = new float[BATCHES][K][N];
        MemorySegment hostA = arena.allocate(2L * BATCHES * M * K);
        MemorySegment hostB = arena.allocate(2L * BATCHES * K * N);
        Random random = new Random(1);
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int i = 0; i < M; i++) {
                for (int t = 0; t < K; t++) {
                    // Two of four: the first and the last, or those between.
                    boolean kept = (t % 4 == 0 || t % 4 == 3) == ((i + t / 4) % 2 == 0);
                    w[batch][i][t] = kept ? random.nextInt(3) - 1 : 0;
                    put(hostA, a.index(batch, i, t, opA), w[batch][i][t]);
                }
            }
            for (int t = 0; t < K; t++) {
                for (int j = 0; j < N; j++) {
                    x[batch][t][j] = random.nextInt(3) - 1;
                    put(hostB, b.index(batch, t, j, opB), x[batch][t][j]);
                }
            }
        }
        MemorySegment host = multiply(opA, opB, a, b, d, hostA, hostB);
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int i = 0; i < M; i++) {
                for (int j = 0; j < N; j++) {
                    float sum = 0;
                    for (int t = 0; t < K; t++) {
                        sum += w[batch][i][t] * x[batch][t][j];
                    }
                    assertEquals(sum, get(host, d.index(batch, i, j)), batch + ": (" + i + ", " + j + ")");
                }
            }
        }
    }

    private MemorySegment multiply(
            int opA, int opB, Stored a, Stored b, Stored d, MemorySegment hostA, MemorySegment hostB) {
        MemorySegment matrixA = struct();
        ok(library.cusparseLtStructuredDescriptorInit(
                handle, matrixA, a.rows(), a.cols(), a.ld(), 16, CUDA_R_16F, a.order(), 0));
        MemorySegment matrixB = dense(b, CUDA_R_16F);
        MemorySegment matrixD = dense(d, CUDA_R_16F);
        batched(matrixA, a);
        batched(matrixB, b);
        batched(matrixD, d);
        MemorySegment matmul = struct();
        ok(library.cusparseLtMatmulDescriptorInit(
                handle, matmul, opA, opB, matrixA, matrixB, matrixD, matrixD, CUSPARSE_COMPUTE_32F));
        MemorySegment selection = struct();
        ok(library.cusparseLtMatmulAlgSelectionInit(handle, selection, matmul, 0));
        MemorySegment plan = struct();
        ok(library.cusparseLtMatmulPlanInit(handle, plan, matmul, selection));
        DeviceBuffer onDeviceA = upload(hostA);
        DeviceBuffer onDeviceB = upload(hostB);
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment more = arena.allocate(ValueLayout.JAVA_LONG);
        ok(library.cusparseLtSpMMACompressedSize(handle, plan, size, more));
        DeviceBuffer compressed = buffer(size.get(ValueLayout.JAVA_LONG, 0));
        ok(library.cusparseLtSpMMACompress(
                handle,
                plan,
                onDeviceA.address(),
                compressed.address(),
                buffer(more.get(ValueLayout.JAVA_LONG, 0)).address(),
                stream.handle()));
        ok(library.cusparseLtMatmulGetWorkspace(handle, plan, size));
        MemorySegment result = arena.allocate(2L * BATCHES * M * N);
        DeviceBuffer onDeviceD = buffer(result.byteSize());
        ok(library.cusparseLtMatmul(
                handle,
                plan,
                arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1),
                compressed.address(),
                onDeviceB.address(),
                arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0),
                onDeviceD.address(),
                onDeviceD.address(),
                buffer(size.get(ValueLayout.JAVA_LONG, 0)).address(),
                arena.allocateFrom(ValueLayout.JAVA_LONG, stream.handle()),
                1));
        onDeviceD.copyTo(0, result, stream);
        ok(library.cusparseLtMatmulPlanDestroy(plan));
        ok(library.cusparseLtMatmulAlgSelectionDestroy(selection));
        for (MemorySegment matrix : List.of(matrixA, matrixB, matrixD)) {
            ok(library.cusparseLtMatDescriptorDestroy(matrix));
        }
        return result;
    }

    @Test
    void whatWasNotMadeOrIsDestroyedIsRefused() {
        MemorySegment matrix = struct();
        MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
        assertEquals(CUSPARSE_STATUS_INVALID_VALUE, attribute(matrix, value), "zeroed");
        ok(library.cusparseLtDenseDescriptorInit(handle, matrix, 8, 8, 8, 16, CUDA_R_16F, CUSPARSE_ORDER_ROW));
        ok(attribute(matrix, value));
        assertEquals(CUSPARSE_STATUS_INVALID_VALUE, attribute(struct().copyFrom(matrix), value), "moved");
        ok(library.cusparseLtMatDescriptorDestroy(matrix));
        assertEquals(CUSPARSE_STATUS_INVALID_VALUE, attribute(matrix, value), "destroyed");
    }

    @Test
    void shapesThatAreNoMultiplesAreRefused() {
        assertEquals(
                CUSPARSE_STATUS_NOT_SUPPORTED,
                library.cusparseLtDenseDescriptorInit(handle, struct(), 8, 12, 12, 16, CUDA_R_16F, CUSPARSE_ORDER_ROW));
        assertEquals(
                CUSPARSE_STATUS_NOT_SUPPORTED,
                library.cusparseLtStructuredDescriptorInit(
                        handle, struct(), 16, 24, 24, 16, CUDA_R_16F, CUSPARSE_ORDER_ROW, 0));
        assertEquals(
                CUSPARSE_STATUS_INVALID_VALUE,
                library.cusparseLtDenseDescriptorInit(handle, struct(), 8, 8, 8, 8, CUDA_R_16F, CUSPARSE_ORDER_ROW));
        assertNoDescriptors();
    }

    @Test
    void integersThatDoNotLieAlongTheSumAreRefused() {
        MemorySegment a = struct();
        ok(library.cusparseLtStructuredDescriptorInit(handle, a, 32, 64, 64, 16, CUDA_R_8I, CUSPARSE_ORDER_ROW, 0));
        MemorySegment b = dense(new Stored(64, 16, CUSPARSE_ORDER_ROW), CUDA_R_8I);
        MemorySegment d = dense(new Stored(32, 16, CUSPARSE_ORDER_ROW), CUDA_R_8I);
        assertEquals(
                CUSPARSE_STATUS_NOT_SUPPORTED,
                library.cusparseLtMatmulDescriptorInit(handle, struct(), 0, 0, a, b, d, d, CUSPARSE_COMPUTE_32I));
        for (MemorySegment matrix : List.of(a, b, d)) {
            ok(library.cusparseLtMatDescriptorDestroy(matrix));
        }
    }

    private void assertNoDescriptors() {
        assertEquals(0, StubDevice.live(StubDevice.Live.DESCRIPTORS));
    }

    private int attribute(MemorySegment matrix, MemorySegment value) {
        return library.cusparseLtMatDescGetAttribute(handle, matrix, CUSPARSELT_MAT_NUM_BATCHES, value, Integer.BYTES);
    }

    private MemorySegment dense(Stored stored, int type) {
        MemorySegment matrix = struct();
        ok(library.cusparseLtDenseDescriptorInit(
                handle, matrix, stored.rows(), stored.cols(), stored.ld(), 16, type, stored.order()));
        return matrix;
    }

    private void batched(MemorySegment matrix, Stored stored) {
        MemorySegment batches = arena.allocateFrom(ValueLayout.JAVA_INT, BATCHES);
        MemorySegment stride = arena.allocateFrom(ValueLayout.JAVA_LONG, (long) stored.rows() * stored.cols());
        ok(library.cusparseLtMatDescSetAttribute(handle, matrix, CUSPARSELT_MAT_NUM_BATCHES, batches, Integer.BYTES));
        ok(library.cusparseLtMatDescSetAttribute(handle, matrix, CUSPARSELT_MAT_BATCH_STRIDE, stride, Long.BYTES));
    }

    private MemorySegment struct() {
        return GpuContext.struct(arena);
    }

    private DeviceBuffer buffer(long bytes) {
        DeviceBuffer buffer = DeviceBuffer.allocate(context, bytes);
        buffers.add(buffer);
        return buffer;
    }

    private DeviceBuffer upload(MemorySegment host) {
        DeviceBuffer buffer = buffer(host.byteSize());
        buffer.copyFrom(0, host, stream);
        return buffer;
    }

    private static int order(String name) {
        return name.equals("ROW") ? CUSPARSE_ORDER_ROW : CUSPARSE_ORDER_COL;
    }

    private static void put(MemorySegment segment, long index, float value) {
        segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index, Float.floatToFloat16(value));
    }

    private static float get(MemorySegment segment, long index) {
        return Float.float16ToFloat(segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2 * index));
    }

    private static void ok(int status) {
        assertEquals(0, status);
    }
}
