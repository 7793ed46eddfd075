#include "stub.h"
#include "stub_product.h"

#include <string.h>

enum { OK = 0, NOT_INITIALIZED = 1, ALLOC_FAILED = 3, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum { COMPUTE_32F = 68, COMPUTE_32I = 72, COMPUTE_32F_FAST_TF32 = 77 };
enum { OP_N = 0, OP_T = 1 };
enum { EPILOGUE_DEFAULT = 1, EPILOGUE_RELU = 2, EPILOGUE_BIAS = 4, EPILOGUE_GELU = 32 };
enum { HANDLE = 0x48424c54, LAYOUT = 0x4c424c54, MATMUL = 0x4d424c54, PREFERENCE = 0x50424c54 };
enum { ALGORITHMS = 3 };

typedef struct {
    uint64_t magic;
} head;

typedef struct {
    head head;
    int type;
    int64_t rows, cols, ld;
} layout;

typedef struct {
    head head;
    int compute, scale, op_a, op_b, epilogue, bias_type;
    devptr bias;
} matmul;

typedef struct {
    head head;
    uint64_t workspace;
} preference;

/* The fields of a result of the heuristic, by their documented order and size. */
typedef struct {
    uint64_t algorithm[8];
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
} heuristic;

static int entered(int releases) {
    switch (stub_enter(1, releases)) {
        case CUDA_OK:
            return OK;
        case CUDA_OUT_OF_MEMORY:
            return ALLOC_FAILED;
        case CUDA_ILLEGAL_ADDRESS:
            return EXECUTION_FAILED;
        default:
            return NOT_INITIALIZED;
    }
}

#define ENTER()                  \
    do {                         \
        int status = entered(0); \
        if (status != OK) {      \
            return status;       \
        }                        \
    } while (0)

#define REFUSE(condition, status) \
    do {                          \
        if (condition) {          \
            return status;        \
        }                         \
    } while (0)

static int is(const void *object, uint64_t magic) { return object != NULL && ((const head *)object)->magic == magic; }

static int create(void **out, size_t bytes, uint64_t magic, int kind) {
    ENTER();
    REFUSE(out == NULL, INVALID_VALUE);
    head *object = calloc(1, bytes);
    object->magic = magic;
    stub_count(kind, 1);
    *out = object;
    return OK;
}

static int destroy(void *object, uint64_t magic, int kind) {
    int status = entered(1);
    REFUSE(!is(object, magic), INVALID_VALUE);
    ((head *)object)->magic = 0;
    stub_count(kind, -1);
    free(object);
    return status;
}

EXPORT int cublasLtCreate(void **handle) { return create(handle, sizeof(head), HANDLE, LIVE_HANDLES); }
EXPORT int cublasLtDestroy(void *handle) { return destroy(handle, HANDLE, LIVE_HANDLES); }
EXPORT size_t cublasLtGetVersion(void) { return 130000; }
EXPORT size_t cublasLtGetCudartVersion(void) { return 13000; }

EXPORT int cublasLtGetProperty(int property, int *value) {
    REFUSE(property < 0 || property > 2, INVALID_VALUE);
    *value = property == 0 ? 13 : 0;
    return OK;
}

EXPORT const char *cublasLtGetStatusName(int status) {
    switch (status) {
        case OK:
            return "CUBLAS_STATUS_SUCCESS";
        case NOT_INITIALIZED:
            return "CUBLAS_STATUS_NOT_INITIALIZED";
        case ALLOC_FAILED:
            return "CUBLAS_STATUS_ALLOC_FAILED";
        case INVALID_VALUE:
            return "CUBLAS_STATUS_INVALID_VALUE";
        case EXECUTION_FAILED:
            return "CUBLAS_STATUS_EXECUTION_FAILED";
        case NOT_SUPPORTED:
            return "CUBLAS_STATUS_NOT_SUPPORTED";
        default:
            return "CUBLAS_STATUS_UNKNOWN";
    }
}

EXPORT const char *cublasLtGetStatusString(int status) { return cublasLtGetStatusName(status); }

EXPORT int cublasLtMatrixLayoutCreate(void **out, int type, uint64_t rows, uint64_t cols, int64_t ld) {
    REFUSE(rows == 0 || cols == 0 || ld < (int64_t)rows || stub_type_bytes(type) == 0, INVALID_VALUE);
    int status = create(out, sizeof(layout), LAYOUT, LIVE_DESCRIPTORS);
    REFUSE(status != OK, status);
    layout *l = *out;
    l->type = type;
    l->rows = (int64_t)rows;
    l->cols = (int64_t)cols;
    l->ld = ld;
    return OK;
}

EXPORT int cublasLtMatrixLayoutDestroy(void *l) { return destroy(l, LAYOUT, LIVE_DESCRIPTORS); }

EXPORT int cublasLtMatrixLayoutSetAttribute(void *l, int attribute, const void *data, size_t size) {
    ENTER();
    (void)l, (void)attribute, (void)data, (void)size;
    return NOT_SUPPORTED;
}

EXPORT int cublasLtMatmulDescCreate(void **out, int compute, int scale) {
    REFUSE(compute != COMPUTE_32F && compute != COMPUTE_32I && compute != COMPUTE_32F_FAST_TF32, NOT_SUPPORTED);
    int status = create(out, sizeof(matmul), MATMUL, LIVE_DESCRIPTORS);
    REFUSE(status != OK, status);
    matmul *mm = *out;
    mm->compute = compute;
    mm->scale = scale;
    mm->epilogue = EPILOGUE_DEFAULT;
    mm->bias_type = -1;
    return OK;
}

EXPORT int cublasLtMatmulDescDestroy(void *mm) { return destroy(mm, MATMUL, LIVE_DESCRIPTORS); }

static int set(void *field, size_t bytes, const void *data, size_t size) {
    REFUSE(data == NULL || size != bytes, INVALID_VALUE);
    memcpy(field, data, bytes);
    return OK;
}

EXPORT int cublasLtMatmulDescSetAttribute(matmul *mm, int attribute, const void *data, size_t size) {
    ENTER();
    REFUSE(!is(mm, MATMUL), INVALID_VALUE);
    switch (attribute) {
        case 3:
            return set(&mm->op_a, sizeof(int), data, size);
        case 4:
            return set(&mm->op_b, sizeof(int), data, size);
        case 7:
            return set(&mm->epilogue, sizeof(int), data, size);
        case 8:
            return set(&mm->bias, sizeof(devptr), data, size);
        case 26:
            return set(&mm->bias_type, sizeof(int), data, size);
        default:
            return INVALID_VALUE;
    }
}

EXPORT int cublasLtMatmulPreferenceCreate(void **out) {
    return create(out, sizeof(preference), PREFERENCE, LIVE_DESCRIPTORS);
}

EXPORT int cublasLtMatmulPreferenceDestroy(void *p) { return destroy(p, PREFERENCE, LIVE_DESCRIPTORS); }

EXPORT int cublasLtMatmulPreferenceSetAttribute(preference *p, int attribute, const void *data, size_t size) {
    ENTER();
    REFUSE(!is(p, PREFERENCE), INVALID_VALUE);
    return attribute == 1 ? set(&p->workspace, sizeof(uint64_t), data, size) : OK;
}

static int64_t op_rows(const layout *l, int op) { return op == OP_N ? l->rows : l->cols; }
static int64_t op_cols(const layout *l, int op) { return op == OP_N ? l->cols : l->rows; }

static int check(const matmul *mm, const layout *a, const layout *b, const layout *c, const layout *d) {
    REFUSE(!is(mm, MATMUL) || !is(a, LAYOUT) || !is(b, LAYOUT) || !is(c, LAYOUT) || !is(d, LAYOUT), INVALID_VALUE);
    REFUSE(op_cols(a, mm->op_a) != op_rows(b, mm->op_b), INVALID_VALUE);
    REFUSE(d->rows != op_rows(a, mm->op_a) || d->cols != op_cols(b, mm->op_b), INVALID_VALUE);
    REFUSE(c->rows != d->rows || c->cols != d->cols || c->type != d->type, INVALID_VALUE);
    REFUSE(a->type != b->type, NOT_SUPPORTED);
    if (a->type == R_8I) {
        /* With sums of int32, scales are int32 and so is the result. */
        REFUSE(mm->compute != COMPUTE_32I || mm->scale != R_32I || d->type != R_32I, NOT_SUPPORTED);
        REFUSE(mm->op_a != OP_T || mm->op_b != OP_N || a->ld % 4 != 0 || b->ld % 4 != 0, NOT_SUPPORTED);
        REFUSE(mm->epilogue != EPILOGUE_DEFAULT, NOT_SUPPORTED);
        return OK;
    }
    REFUSE(mm->compute == COMPUTE_32I || mm->scale != R_32F, NOT_SUPPORTED);
    REFUSE(mm->compute == COMPUTE_32F_FAST_TF32 && a->type != R_32F, NOT_SUPPORTED);
    REFUSE(d->type != a->type && d->type != R_32F, NOT_SUPPORTED);
    return OK;
}

EXPORT int cublasLtMatmulAlgoGetHeuristic(void *handle, const matmul *mm, const layout *a, const layout *b,
                                          const layout *c, const layout *d, const preference *p, int requested,
                                          heuristic *results, int *returned) {
    ENTER();
    REFUSE(!is(handle, HANDLE) || !is(p, PREFERENCE) || results == NULL || returned == NULL || requested < 1, INVALID_VALUE);
    int status = check(mm, a, b, c, d);
    REFUSE(status != OK, status);
    *returned = 0;
    for (int i = 0; i < ALGORITHMS && i < requested; i++) {
        size_t workspace = (size_t)i * 4096;
        if (workspace > p->workspace) {
            continue;
        }
        heuristic *r = &results[(*returned)++];
        memset(r, 0, sizeof *r);
        r->algorithm[0] = (uint64_t)(i + 1);
        r->workspace = workspace;
        r->state = OK;
        r->waves = 1;
    }
    return OK;
}

typedef struct {
    product product;
    view a, b;
    int tf32;
} launch;

static float *decode(const view *v, int64_t lines, int64_t length, int tf32) {
    float *out = malloc((size_t)(lines * length) * sizeof *out);
    for (int64_t line = 0; line < lines; line++) {
        for (int64_t i = 0; i < length; i++) {
            float value = stub_get(v->data, v->type, at(v, line, i));
            out[line * length + i] = tf32 ? stub_to_tf32(value) : value;
        }
    }
    return out;
}

static void run(void *argument) {
    const launch *l = argument;
    float *a = decode(&l->a, l->product.m, l->product.k, l->tf32);
    float *b = decode(&l->b, l->product.n, l->product.k, l->tf32);
    multiply(&l->product, a, b);
    free(a);
    free(b);
}

static uint64_t span(const layout *l) { return (uint64_t)(l->ld * l->cols) * (uint64_t)stub_type_bytes(l->type); }

static view view_of(const layout *l, devptr data, int swapped) {
    view v = {(char *)data, l->type, swapped ? l->ld : 1, swapped ? 1 : l->ld};
    return v;
}

EXPORT int cublasLtMatmul(void *handle, const matmul *mm, const void *alpha, devptr a, const layout *a_layout, devptr b,
                          const layout *b_layout, const void *beta, devptr c, const layout *c_layout, devptr d,
                          const layout *d_layout, const uint64_t *algorithm, devptr workspace, size_t workspace_bytes,
                          devptr stream) {
    ENTER();
    REFUSE(!is(handle, HANDLE) || alpha == NULL || beta == NULL || !stub_is_stream(stream), INVALID_VALUE);
    int status = check(mm, a_layout, b_layout, c_layout, d_layout);
    REFUSE(status != OK, status);
    size_t needed = algorithm == NULL ? 0 : (size_t)(algorithm[0] - 1) * 4096;
    REFUSE(algorithm != NULL && (algorithm[0] < 1 || algorithm[0] > ALGORITHMS), INVALID_VALUE);
    REFUSE(workspace_bytes < needed || (needed > 0 && workspace % 256 != 0), INVALID_VALUE);
    int bias = mm->epilogue & EPILOGUE_BIAS;
    int bias_type = mm->bias_type < 0 ? d_layout->type : mm->bias_type;
    float scale = mm->scale == R_32I ? (float)*(const int32_t *)alpha : *(const float *)alpha;
    float kept = mm->scale == R_32I ? (float)*(const int32_t *)beta : *(const float *)beta;
    if (!stub_in_bounds(a, span(a_layout)) || !stub_in_bounds(b, span(b_layout)) || !stub_in_bounds(d, span(d_layout))
        || (kept != 0 && !stub_in_bounds(c, span(c_layout))) || (needed > 0 && !stub_in_bounds(workspace, needed))
        || (bias && !stub_in_bounds(mm->bias, (uint64_t)(d_layout->rows * stub_type_bytes(bias_type))))) {
        stub_fault();
        return OK;
    }
    launch *l = calloc(1, sizeof *l);
    product p = {d_layout->rows, d_layout->cols, op_cols(a_layout, mm->op_a), mm->compute == COMPUTE_32I,
                 view_of(c_layout, c, 0), view_of(d_layout, d, 0), scale, kept, NULL, bias ? (void *)mm->bias : NULL,
                 bias_type, mm->epilogue & EPILOGUE_RELU, mm->epilogue & EPILOGUE_GELU, INFINITY, 0};
    l->product = p;
    l->a = view_of(a_layout, a, mm->op_a == OP_T);
    l->b = view_of(b_layout, b, mm->op_b == OP_N);
    l->tf32 = mm->compute == COMPUTE_32F_FAST_TF32;
    stub_enqueue(stream, run, l);
    return OK;
}
