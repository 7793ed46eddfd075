package dev.rewire.gpu.internal.binding;

import java.util.List;

/** Values of cusparseLt.h and cusparse.h, under their names there. */
public final class CusparseConstants {
    /**
     * What to allocate for each opaque struct, whatever the version: 0.6 has the largest, of 13,072 bytes, and 0.8 has 512. The headers do
     * not promise a size, and the library writes all of its own.
     */
    public static final long STRUCT_BYTES = 16_384;

    /** 0.8 needs 16, or its stores of whole vectors fault. */
    public static final long STRUCT_ALIGNMENT = 64;

    public static final int CUSPARSELT_SPARSITY_50_PERCENT = 0;

    public static final int CUSPARSELT_MAT_NUM_BATCHES = 0;
    public static final int CUSPARSELT_MAT_BATCH_STRIDE = 1;

    public static final int CUSPARSE_COMPUTE_32I = 0;
    public static final int CUSPARSE_COMPUTE_16F = 1;
    public static final int CUSPARSE_COMPUTE_32F = 2;

    public static final int CUSPARSELT_MATMUL_ACTIVATION_RELU = 0;
    public static final int CUSPARSELT_MATMUL_ACTIVATION_RELU_UPPERBOUND = 1;
    public static final int CUSPARSELT_MATMUL_ACTIVATION_RELU_THRESHOLD = 2;
    public static final int CUSPARSELT_MATMUL_ACTIVATION_GELU = 3;
    public static final int CUSPARSELT_MATMUL_ACTIVATION_GELU_SCALING = 4;
    public static final int CUSPARSELT_MATMUL_ALPHA_VECTOR_SCALING = 5;
    public static final int CUSPARSELT_MATMUL_BETA_VECTOR_SCALING = 6;
    public static final int CUSPARSELT_MATMUL_BIAS_STRIDE = 7;
    public static final int CUSPARSELT_MATMUL_BIAS_POINTER = 8;
    public static final int CUSPARSELT_MATMUL_SPARSE_MAT_POINTER = 9;

    public static final int CUSPARSELT_MATMUL_ALG_DEFAULT = 0;

    public static final int CUSPARSELT_MATMUL_ALG_CONFIG_ID = 0;
    public static final int CUSPARSELT_MATMUL_ALG_CONFIG_MAX_ID = 1;
    public static final int CUSPARSELT_MATMUL_SEARCH_ITERATIONS = 2;
    public static final int CUSPARSELT_MATMUL_SPLIT_K = 3;
    public static final int CUSPARSELT_MATMUL_SPLIT_K_MODE = 4;
    public static final int CUSPARSELT_MATMUL_SPLIT_K_BUFFERS = 5;

    public static final int CUSPARSELT_INVALID_MODE = 0;
    public static final int CUSPARSELT_SPLIT_K_MODE_ONE_KERNEL = 1;
    public static final int CUSPARSELT_SPLIT_K_MODE_TWO_KERNELS = 2;

    public static final int CUSPARSELT_PRUNE_SPMMA_TILE = 0;
    public static final int CUSPARSELT_PRUNE_SPMMA_STRIP = 1;

    public static final int CUSPARSE_ORDER_COL = 1;
    public static final int CUSPARSE_ORDER_ROW = 2;

    public static final int CUSPARSE_OPERATION_NON_TRANSPOSE = 0;
    public static final int CUSPARSE_OPERATION_TRANSPOSE = 1;

    public static final int CUSPARSE_STATUS_SUCCESS = 0;
    public static final int CUSPARSE_STATUS_NOT_INITIALIZED = 1;
    public static final int CUSPARSE_STATUS_ALLOC_FAILED = 2;
    public static final int CUSPARSE_STATUS_INVALID_VALUE = 3;
    public static final int CUSPARSE_STATUS_ARCH_MISMATCH = 4;
    public static final int CUSPARSE_STATUS_MAPPING_ERROR = 5;
    public static final int CUSPARSE_STATUS_EXECUTION_FAILED = 6;
    public static final int CUSPARSE_STATUS_INTERNAL_ERROR = 7;
    public static final int CUSPARSE_STATUS_MATRIX_TYPE_NOT_SUPPORTED = 8;
    public static final int CUSPARSE_STATUS_ZERO_PIVOT = 9;
    public static final int CUSPARSE_STATUS_NOT_SUPPORTED = 10;
    public static final int CUSPARSE_STATUS_INSUFFICIENT_RESOURCES = 11;

    /** The statuses by number, for libraries that do not tell. */
    static final List<String> STATUS_NAMES = List.of(
            "CUSPARSE_STATUS_SUCCESS",
            "CUSPARSE_STATUS_NOT_INITIALIZED",
            "CUSPARSE_STATUS_ALLOC_FAILED",
            "CUSPARSE_STATUS_INVALID_VALUE",
            "CUSPARSE_STATUS_ARCH_MISMATCH",
            "CUSPARSE_STATUS_MAPPING_ERROR",
            "CUSPARSE_STATUS_EXECUTION_FAILED",
            "CUSPARSE_STATUS_INTERNAL_ERROR",
            "CUSPARSE_STATUS_MATRIX_TYPE_NOT_SUPPORTED",
            "CUSPARSE_STATUS_ZERO_PIVOT",
            "CUSPARSE_STATUS_NOT_SUPPORTED",
            "CUSPARSE_STATUS_INSUFFICIENT_RESOURCES");

    private CusparseConstants() {}
}
