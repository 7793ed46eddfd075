#include "stub.h"
#include "stub_product.h"

#include <string.h>

enum {
    OK = 0,
    NOT_INITIALIZED = 1,
    ALLOC_FAILED = 2,
    INVALID_VALUE = 3,
    EXECUTION_FAILED = 6,
    NOT_SUPPORTED = 10
};
enum { COL = 1, ROW = 2 };
enum { OP_N = 0, OP_T = 1 };
enum { COMPUTE_32I = 0, COMPUTE_16F = 1, COMPUTE_32F = 2 };
enum { PRUNE_TILE = 0, PRUNE_STRIP = 1 };
enum { CONFIGURATIONS = 7, BEST = 3, WORKSPACE = 4096 };

enum { HANDLE = 0x48414e44, MATRIX = 0x4d415452, MATMUL = 0x4d4d554c, SELECTION = 0x53454c45, PLAN = 0x504c414e };
enum { COMPRESSED = 0x434f4d50 };

/* Every opaque object starts with this: one that was copied, zeroed or destroyed is known by it. */
typedef struct {
    uint64_t magic;
    const void *self;
} head;

typedef struct {
    head head;
} handle;

typedef struct {
    head head;
    int64_t rows, cols, ld, batch_stride;
    uint32_t alignment;
    int type, order, structured, batches;
} matrix;

typedef struct {
    head head;
    const matrix *a, *b, *c, *d;
    int op_a, op_b, compute;
    int relu, gelu, alpha_vector;
    float relu_upper, relu_threshold, gelu_scaling;
    int64_t bias_stride;
    devptr bias, sparse;
} matmul;

typedef struct {
    head head;
    const matmul *of;
    int config, iterations, split_k, split_mode, split_buffers;
} selection;

typedef struct {
    head head;
    const matmul *of;
    selection *chosen;
} plan;

static int is(const void *object, uint64_t magic) {
    const head *h = object;
    return h != NULL && h->magic == magic && h->self == object;
}

static void make(void *object, size_t bytes, uint64_t magic) {
    memset(object, 0, bytes);
    ((head *)object)->magic = magic;
    ((head *)object)->self = object;
}

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

#define ENTER(handle)                          \
    do {                                       \
        int status = entered(0);               \
        if (status != OK) {                    \
            return status;                     \
        }                                      \
        if (!is(handle, HANDLE)) {             \
            return INVALID_VALUE;              \
        }                                      \
    } while (0)

#define REFUSE(condition, status) \
    do {                          \
        if (condition) {          \
            return status;        \
        }                         \
    } while (0)

static int version_minor = 8, version_patch = 1;

/* Another version than 0.8.1. */
EXPORT void stub_version(int minor, int patch) {
    version_minor = minor;
    version_patch = patch;
}

EXPORT int cusparseLtInit(handle *h) {
    int status = entered(0);
    REFUSE(status != OK, status);
    REFUSE(h == NULL, INVALID_VALUE);
    make(h, sizeof *h, HANDLE);
    stub_count(LIVE_HANDLES, 1);
    return OK;
}

/* What is destroyed is so even where the device is lost. */
static int destroy(void *object, uint64_t magic, int kind) {
    int status = entered(1);
    REFUSE(!is(object, magic), INVALID_VALUE);
    memset(object, 0, sizeof(head));
    stub_count(kind, -1);
    return status;
}

EXPORT int cusparseLtDestroy(handle *h) { return destroy(h, HANDLE, LIVE_HANDLES); }

EXPORT int cusparseLtGetVersion(const handle *h, int *version) {
    REFUSE(!is(h, HANDLE), INVALID_VALUE);
    *version = version_minor * 100 + version_patch;
    return OK;
}

EXPORT int cusparseLtGetProperty(int property, int *value) {
    REFUSE(property < 0 || property > 2, INVALID_VALUE);
    *value = property == 0 ? 0 : property == 1 ? version_minor : version_patch;
    return OK;
}

EXPORT const char *cusparseLtGetErrorName(int status) {
    switch (status) {
        case OK:
            return "CUSPARSE_STATUS_SUCCESS";
        case NOT_INITIALIZED:
            return "CUSPARSE_STATUS_NOT_INITIALIZED";
        case ALLOC_FAILED:
            return "CUSPARSE_STATUS_ALLOC_FAILED";
        case INVALID_VALUE:
            return "CUSPARSE_STATUS_INVALID_VALUE";
        case EXECUTION_FAILED:
            return "CUSPARSE_STATUS_EXECUTION_FAILED";
        case NOT_SUPPORTED:
            return "CUSPARSE_STATUS_NOT_SUPPORTED";
        default:
            return "unknown error";
    }
}

EXPORT const char *cusparseLtGetErrorString(int status) { return cusparseLtGetErrorName(status); }

static int is_operand_type(int type) { return type == R_32F || type == R_16F || type == R_16BF || type == R_8I; }

static int init_matrix(matrix *m, int64_t rows, int64_t cols, int64_t ld, uint32_t alignment, int type, int order,
                       int structured) {
    int bytes = stub_type_bytes(type);
    REFUSE(m == NULL || rows <= 0 || cols <= 0 || bytes == 0, INVALID_VALUE);
    REFUSE(order != COL && order != ROW, INVALID_VALUE);
    REFUSE(ld < (order == COL ? rows : cols), INVALID_VALUE);
    REFUSE(alignment == 0 || alignment % 16 != 0, INVALID_VALUE);
    REFUSE(structured && !is_operand_type(type), NOT_SUPPORTED);
    int64_t unit = (structured ? 32 : 16) / bytes;
    REFUSE(rows % unit != 0 || cols % unit != 0 || ld % unit != 0, NOT_SUPPORTED);
    make(m, sizeof *m, MATRIX);
    m->rows = rows;
    m->cols = cols;
    m->ld = ld;
    m->alignment = alignment;
    m->type = type;
    m->order = order;
    m->structured = structured;
    m->batches = 1;
    stub_count(LIVE_DESCRIPTORS, 1);
    return OK;
}

EXPORT int cusparseLtDenseDescriptorInit(const handle *h, matrix *m, int64_t rows, int64_t cols, int64_t ld,
                                         uint32_t alignment, int type, int order) {
    ENTER(h);
    return init_matrix(m, rows, cols, ld, alignment, type, order, 0);
}

EXPORT int cusparseLtStructuredDescriptorInit(const handle *h, matrix *m, int64_t rows, int64_t cols, int64_t ld,
                                              uint32_t alignment, int type, int order, int sparsity) {
    ENTER(h);
    REFUSE(sparsity != 0, INVALID_VALUE);
    return init_matrix(m, rows, cols, ld, alignment, type, order, 1);
}

EXPORT int cusparseLtMatDescriptorDestroy(matrix *m) {
    REFUSE(m != NULL && m->head.magic == 0, OK);
    return destroy(m, MATRIX, LIVE_DESCRIPTORS);
}

/* Copies one way or the other; the size must be the attribute's. */
static int transfer(void *attribute, size_t bytes, void *data, size_t size, int set) {
    REFUSE(data == NULL || size != bytes, INVALID_VALUE);
    memcpy(set ? attribute : data, set ? data : attribute, bytes);
    return OK;
}

static int matrix_attribute(matrix *m, int attribute, void *data, size_t size, int set) {
    REFUSE(!is(m, MATRIX), INVALID_VALUE);
    switch (attribute) {
        case 0: {
            REFUSE(set && (size != sizeof(int) || *(int *)data < 1), INVALID_VALUE);
            return transfer(&m->batches, sizeof m->batches, data, size, set);
        }
        case 1: {
            int64_t least = m->ld * (m->order == COL ? m->cols : m->rows);
            REFUSE(set && (size != sizeof(int64_t) || (*(int64_t *)data != 0 && *(int64_t *)data < least)), INVALID_VALUE);
            return transfer(&m->batch_stride, sizeof m->batch_stride, data, size, set);
        }
        default:
            return INVALID_VALUE;
    }
}

EXPORT int cusparseLtMatDescSetAttribute(const handle *h, matrix *m, int attribute, void *data, size_t size) {
    ENTER(h);
    return matrix_attribute(m, attribute, data, size, 1);
}

EXPORT int cusparseLtMatDescGetAttribute(const handle *h, matrix *m, int attribute, void *data, size_t size) {
    ENTER(h);
    return matrix_attribute(m, attribute, data, size, 0);
}

static int64_t op_rows(const matrix *m, int op) { return op == OP_N ? m->rows : m->cols; }
static int64_t op_cols(const matrix *m, int op) { return op == OP_N ? m->cols : m->rows; }

/* Whether the elements that are summed over lie next to each other. */
static int is_k_contiguous(const matrix *m, int op, int is_a) { return (m->order == ROW) == ((op == OP_N) == is_a); }

static int are_types_supported(const matrix *a, const matrix *b, const matrix *c, const matrix *d, int compute) {
    REFUSE(a->type != b->type || c->type != d->type, 0);
    switch (a->type) {
        case R_8I:
            return compute == COMPUTE_32I && (d->type == R_8I || d->type == R_32I || d->type == R_16F || d->type == R_16BF);
        case R_16F:
            return d->type == R_16F && (compute == COMPUTE_32F || compute == COMPUTE_16F);
        default:
            return d->type == a->type && compute == COMPUTE_32F;
    }
}

EXPORT int cusparseLtMatmulDescriptorInit(const handle *h, matmul *mm, int op_a, int op_b, const matrix *a,
                                          const matrix *b, const matrix *c, const matrix *d, int compute) {
    ENTER(h);
    REFUSE(mm == NULL || !is(a, MATRIX) || !is(b, MATRIX) || !is(c, MATRIX) || !is(d, MATRIX), INVALID_VALUE);
    REFUSE((op_a != OP_N && op_a != OP_T) || (op_b != OP_N && op_b != OP_T), INVALID_VALUE);
    REFUSE(a->structured + b->structured != 1 || c->structured || d->structured, INVALID_VALUE);
    int64_t m = op_rows(a, op_a), n = op_cols(b, op_b);
    REFUSE(op_cols(a, op_a) != op_rows(b, op_b), INVALID_VALUE);
    REFUSE(d->rows != m || d->cols != n || c->rows != m || c->cols != n || c->order != d->order || c->ld != d->ld,
           INVALID_VALUE);
    REFUSE(a->batches != b->batches || a->batches != c->batches || a->batches != d->batches, INVALID_VALUE);
    REFUSE(!are_types_supported(a, b, c, d, compute), NOT_SUPPORTED);
    REFUSE(a->type == R_8I && !(is_k_contiguous(a, op_a, 1) && is_k_contiguous(b, op_b, 0)), NOT_SUPPORTED);
    make(mm, sizeof *mm, MATMUL);
    mm->op_a = op_a;
    mm->op_b = op_b;
    mm->a = a;
    mm->b = b;
    mm->c = c;
    mm->d = d;
    mm->compute = compute;
    mm->relu_upper = INFINITY;
    mm->gelu_scaling = 1;
    return OK;
}

static int matmul_attribute(matmul *mm, int attribute, void *data, size_t size, int set) {
    REFUSE(!is(mm, MATMUL), INVALID_VALUE);
    switch (attribute) {
        case 0:
            return transfer(&mm->relu, sizeof mm->relu, data, size, set);
        case 1:
            return transfer(&mm->relu_upper, sizeof mm->relu_upper, data, size, set);
        case 2:
            return transfer(&mm->relu_threshold, sizeof mm->relu_threshold, data, size, set);
        case 3:
            REFUSE(mm->d->type == R_32I || mm->d->type == R_32F, NOT_SUPPORTED);
            return transfer(&mm->gelu, sizeof mm->gelu, data, size, set);
        case 4:
            return transfer(&mm->gelu_scaling, sizeof mm->gelu_scaling, data, size, set);
        case 5:
            return transfer(&mm->alpha_vector, sizeof mm->alpha_vector, data, size, set);
        case 7:
            return transfer(&mm->bias_stride, sizeof mm->bias_stride, data, size, set);
        case 8:
            return transfer(&mm->bias, sizeof mm->bias, data, size, set);
        case 9:
            return transfer(&mm->sparse, sizeof mm->sparse, data, size, set);
        default:
            return INVALID_VALUE;
    }
}

EXPORT int cusparseLtMatmulDescSetAttribute(const handle *h, matmul *mm, int attribute, void *data, size_t size) {
    ENTER(h);
    return matmul_attribute(mm, attribute, data, size, 1);
}

EXPORT int cusparseLtMatmulDescGetAttribute(const handle *h, matmul *mm, int attribute, void *data, size_t size) {
    ENTER(h);
    return matmul_attribute(mm, attribute, data, size, 0);
}

EXPORT int cusparseLtMatmulAlgSelectionInit(const handle *h, selection *s, const matmul *mm, int algorithm) {
    ENTER(h);
    REFUSE(s == NULL || !is(mm, MATMUL) || algorithm != 0, INVALID_VALUE);
    make(s, sizeof *s, SELECTION);
    s->of = mm;
    s->iterations = 5;
    s->split_k = 1;
    stub_count(LIVE_SELECTIONS, 1);
    return OK;
}

EXPORT int cusparseLtMatmulAlgSelectionDestroy(selection *s) {
    REFUSE(s != NULL && s->head.magic == 0, OK);
    return destroy(s, SELECTION, LIVE_SELECTIONS);
}

static int selection_attribute(selection *s, int attribute, void *data, size_t size, int set) {
    REFUSE(!is(s, SELECTION) || data == NULL || size != sizeof(int), INVALID_VALUE);
    int value = *(int *)data;
    int max = CONFIGURATIONS;
    switch (attribute) {
        case 0:
            REFUSE(set && (value < 0 || value >= CONFIGURATIONS), INVALID_VALUE);
            return transfer(&s->config, sizeof(int), data, size, set);
        case 1:
            return set ? INVALID_VALUE : transfer(&max, sizeof(int), data, size, 0);
        case 2:
            REFUSE(set && value < 1, INVALID_VALUE);
            return transfer(&s->iterations, sizeof(int), data, size, set);
        case 3: /* as a device of compute capability 9.0 has it */
            REFUSE(set && value != 1 && value != -1, INVALID_VALUE);
            return transfer(&s->split_k, sizeof(int), data, size, set);
        case 4:
            REFUSE(set && (value < 1 || value > 6), INVALID_VALUE);
            return transfer(&s->split_mode, sizeof(int), data, size, set);
        case 5:
            REFUSE(set && value != 0, INVALID_VALUE);
            return transfer(&s->split_buffers, sizeof(int), data, size, set);
        default:
            return INVALID_VALUE;
    }
}

EXPORT int cusparseLtMatmulAlgSetAttribute(const handle *h, selection *s, int attribute, void *data, size_t size) {
    ENTER(h);
    return selection_attribute(s, attribute, data, size, 1);
}

EXPORT int cusparseLtMatmulAlgGetAttribute(const handle *h, selection *s, int attribute, void *data, size_t size) {
    ENTER(h);
    return selection_attribute(s, attribute, data, size, 0);
}

EXPORT int cusparseLtMatmulPlanInit(const handle *h, plan *p, const matmul *mm, selection *s) {
    ENTER(h);
    REFUSE(p == NULL || !is(mm, MATMUL) || !is(s, SELECTION) || s->of != mm, INVALID_VALUE);
    make(p, sizeof *p, PLAN);
    p->of = mm;
    p->chosen = s;
    stub_count(LIVE_PLANS, 1);
    return OK;
}

EXPORT int cusparseLtMatmulPlanDestroy(plan *p) { return destroy(p, PLAN, LIVE_PLANS); }

/* A plan lives by what it was made of. */
static int is_alive(const plan *p) {
    if (!is(p, PLAN) || !is(p->of, MATMUL) || !is(p->chosen, SELECTION)) {
        return 0;
    }
    const matmul *mm = p->of;
    return is(mm->a, MATRIX) && is(mm->b, MATRIX) && is(mm->c, MATRIX) && is(mm->d, MATRIX);
}

static size_t workspace_of(const plan *p) { return (size_t)WORKSPACE * (1 + p->chosen->config); }

EXPORT int cusparseLtMatmulGetWorkspace(const handle *h, const plan *p, size_t *bytes) {
    ENTER(h);
    REFUSE(!is_alive(p) || bytes == NULL, INVALID_VALUE);
    *bytes = workspace_of(p);
    return OK;
}

/* The stored elements of a dense matrix, from the first to the last. */
static uint64_t span(const matrix *m) {
    int64_t one = m->ld * (m->order == COL ? m->cols : m->rows);
    return (uint64_t)(one + (m->batches - 1) * m->batch_stride) * (uint64_t)stub_type_bytes(m->type);
}

/* The structured operand as rows that are summed over: `lines` of `length`. */
typedef struct {
    char *data;
    int type;
    int64_t lines, length, line_stride, element_stride;
} walk;

static walk walk_of(const matrix *m, int op, int is_a, devptr data) {
    int64_t row_stride = m->order == ROW ? m->ld : 1, col_stride = m->order == ROW ? 1 : m->ld;
    int by_row = (op == OP_N) == is_a;
    walk w = {(char *)data, m->type, by_row ? m->rows : m->cols, by_row ? m->cols : m->rows,
              by_row ? row_stride : col_stride, by_row ? col_stride : row_stride};
    return w;
}

static float walk_get(const walk *w, int64_t line, int64_t element) {
    return stub_get(w->data, w->type, line * w->line_stride + element * w->element_stride);
}

static int group_of(int type) { return type == R_32F ? 2 : 4; }

typedef struct {
    walk from, to;
    int32_t *valid;
    int tile;
} pruning;

/* The largest of a group stay, of equals the first. */
static void prune_strip(const walk *from, const walk *to, int64_t line, int64_t first) {
    int group = group_of(from->type), kept = group / 2;
    int keep[4] = {0};
    for (int k = 0; k < kept; k++) {
        int best = -1;
        for (int i = 0; i < group; i++) {
            if (!keep[i] && (best < 0 || fabsf(walk_get(from, line, first + i)) > fabsf(walk_get(from, line, first + best)))) {
                best = i;
            }
        }
        keep[best] = 1;
    }
    for (int i = 0; i < group; i++) {
        float value = keep[i] ? walk_get(from, line, first + i) : 0;
        stub_set(to->data, to->type, line * to->line_stride + (first + i) * to->element_stride, value);
    }
}

/* Of all square masks with as many elements in each row as in each column, one that keeps most. */
static void prune_tile(const walk *from, const walk *to, int64_t line, int64_t first) {
    int size = group_of(from->type), best = 0;
    double most = -1;
    for (int mask = 0; mask < 1 << (size * size); mask++) {
        double sum = 0;
        int fits = 1;
        for (int i = 0; i < size && fits; i++) {
            int in_row = 0, in_col = 0;
            for (int j = 0; j < size; j++) {
                in_row += mask >> (i * size + j) & 1;
                in_col += mask >> (j * size + i) & 1;
                sum += mask >> (i * size + j) & 1 ? fabs(walk_get(from, line + i, first + j)) : 0;
            }
            fits = in_row == size / 2 && in_col == size / 2;
        }
        if (fits && sum > most) {
            most = sum;
            best = mask;
        }
    }
    for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
            float value = best >> (i * size + j) & 1 ? walk_get(from, line + i, first + j) : 0;
            stub_set(to->data, to->type, (line + i) * to->line_stride + (first + j) * to->element_stride, value);
        }
    }
}

static void run_pruning(void *argument) {
    const pruning *p = argument;
    int group = group_of(p->from.type);
    for (int64_t line = 0; line < p->from.lines; line += p->tile ? group : 1) {
        for (int64_t first = 0; first < p->from.length; first += group) {
            (p->tile ? prune_tile : prune_strip)(&p->from, &p->to, line, first);
        }
    }
}

static void run_check(void *argument) {
    const pruning *p = argument;
    int group = group_of(p->from.type);
    *p->valid = 0;
    for (int64_t line = 0; line < p->from.lines; line++) {
        for (int64_t first = 0; first < p->from.length; first += group) {
            int nonzero = 0;
            for (int i = 0; i < group; i++) {
                nonzero += walk_get(&p->from, line, first + i) != 0;
            }
            *p->valid |= nonzero > group / 2;
        }
    }
}

static int prune(const matrix *m, int is_a, int op, devptr in, devptr out, int algorithm, devptr stream) {
    REFUSE(!is(m, MATRIX) || !m->structured || (algorithm != PRUNE_STRIP && algorithm != PRUNE_TILE), INVALID_VALUE);
    REFUSE(in % m->alignment != 0 || out % m->alignment != 0 || !stub_is_stream(stream), INVALID_VALUE);
    REFUSE(!stub_in_bounds(in, span(m)) || !stub_in_bounds(out, span(m)), INVALID_VALUE);
    pruning *p = calloc(1, sizeof *p);
    p->from = walk_of(m, op, is_a, in);
    p->to = walk_of(m, op, is_a, out);
    p->tile = algorithm == PRUNE_TILE;
    stub_enqueue(stream, run_pruning, p);
    return OK;
}

static int check(const matrix *m, int is_a, int op, devptr in, devptr valid, devptr stream) {
    REFUSE(!is(m, MATRIX) || !m->structured || !stub_is_stream(stream), INVALID_VALUE);
    REFUSE(!stub_in_bounds(in, span(m)) || !stub_in_bounds(valid, sizeof(int32_t)), INVALID_VALUE);
    pruning *p = calloc(1, sizeof *p);
    p->from = walk_of(m, op, is_a, in);
    p->valid = (int32_t *)valid;
    stub_enqueue(stream, run_check, p);
    return OK;
}

static const matrix *sparse_of(const matmul *mm) { return mm->a->structured ? mm->a : mm->b; }
static int sparse_op(const matmul *mm) { return mm->a->structured ? mm->op_a : mm->op_b; }

EXPORT int cusparseLtSpMMAPrune(const handle *h, const matmul *mm, devptr in, devptr out, int algorithm, devptr stream) {
    ENTER(h);
    REFUSE(!is(mm, MATMUL), INVALID_VALUE);
    return prune(sparse_of(mm), mm->a->structured, sparse_op(mm), in, out, algorithm, stream);
}

EXPORT int cusparseLtSpMMAPruneCheck(const handle *h, const matmul *mm, devptr in, devptr valid, devptr stream) {
    ENTER(h);
    REFUSE(!is(mm, MATMUL), INVALID_VALUE);
    return check(sparse_of(mm), mm->a->structured, sparse_op(mm), in, valid, stream);
}

EXPORT int cusparseLtSpMMAPrune2(const handle *h, const matrix *m, int is_a, int op, devptr in, devptr out,
                                 int algorithm, devptr stream) {
    ENTER(h);
    return prune(m, is_a, op, in, out, algorithm, stream);
}

EXPORT int cusparseLtSpMMAPruneCheck2(const handle *h, const matrix *m, int is_a, int op, devptr in, devptr valid,
                                      devptr stream) {
    ENTER(h);
    return check(m, is_a, op, in, valid, stream);
}

/*
 * Compressed: a header of 16 bytes, the kept values line by line, then two bits for the place of each; nothing that a real library would
 * understand, and no shorter than what it needs.
 */
typedef struct {
    uint32_t magic, type;
    uint32_t lines, length;
} compressed_head;

static size_t compressed_bytes(const matrix *m) {
    size_t kept = (size_t)(m->rows * m->cols / 2);
    size_t one = sizeof(compressed_head) + kept * (size_t)stub_type_bytes(m->type) + (kept + 3) / 4;
    return (one + 15) / 16 * 16 * (size_t)(m->batch_stride == 0 ? 1 : m->batches);
}

static int compressed_size(const matrix *m, size_t *bytes, size_t *buffer) {
    REFUSE(!is(m, MATRIX) || !m->structured || bytes == NULL || buffer == NULL, INVALID_VALUE);
    *bytes = compressed_bytes(m);
    *buffer = 1024;
    return OK;
}

EXPORT int cusparseLtSpMMACompressedSize(const handle *h, const plan *p, size_t *bytes, size_t *buffer) {
    ENTER(h);
    REFUSE(!is_alive(p), INVALID_VALUE);
    return compressed_size(sparse_of(p->of), bytes, buffer);
}

EXPORT int cusparseLtSpMMACompressedSize2(const handle *h, const matrix *m, size_t *bytes, size_t *buffer) {
    ENTER(h);
    return compressed_size(m, bytes, buffer);
}

typedef struct {
    walk from;
    int batches;
    int64_t batch_stride;
    size_t bytes;
    char *to, *buffer;
} compression;

static void compress_one(const walk *w, char *to) {
    compressed_head head = {COMPRESSED, (uint32_t)w->type, (uint32_t)w->lines, (uint32_t)w->length};
    memcpy(to, &head, sizeof head);
    int group = group_of(w->type), kept = group / 2;
    char *values = to + sizeof head;
    uint8_t *places = (uint8_t *)values + w->lines * w->length / 2 * stub_type_bytes(w->type);
    int64_t next = 0;
    for (int64_t line = 0; line < w->lines; line++) {
        for (int64_t first = 0; first < w->length; first += group) {
            int left = kept;
            for (int i = 0; i < group && left > 0; i++) {
                float value = walk_get(w, line, first + i);
                if (value != 0 || group - i == left) {
                    stub_set(values, w->type, next, value);
                    places[next / 4] = (uint8_t)((places[next / 4] & ~(3 << next % 4 * 2)) | i << next % 4 * 2);
                    next++;
                    left--;
                }
            }
        }
    }
}

static void run_compression(void *argument) {
    const compression *c = argument;
    memset(c->buffer, 0xee, 1024);
    for (int batch = 0; batch < c->batches; batch++) {
        walk w = c->from;
        w.data += batch * c->batch_stride * stub_type_bytes(w.type);
        compress_one(&w, c->to + (size_t)batch * c->bytes);
    }
}

static int compress(const matrix *m, int is_a, int op, devptr dense, devptr to, devptr buffer, devptr stream) {
    REFUSE(!is(m, MATRIX) || !m->structured || !stub_is_stream(stream), INVALID_VALUE);
    REFUSE(dense % m->alignment != 0 || to % 16 != 0 || buffer % 16 != 0, INVALID_VALUE);
    REFUSE(!stub_in_bounds(dense, span(m)) || !stub_in_bounds(to, compressed_bytes(m)) || !stub_in_bounds(buffer, 1024),
           INVALID_VALUE);
    compression *c = calloc(1, sizeof *c);
    c->from = walk_of(m, op, is_a, dense);
    c->batches = m->batch_stride == 0 ? 1 : m->batches;
    c->batch_stride = m->batch_stride;
    c->bytes = compressed_bytes(m) / (size_t)c->batches;
    c->to = (char *)to;
    c->buffer = (char *)buffer;
    stub_enqueue(stream, run_compression, c);
    return OK;
}

EXPORT int cusparseLtSpMMACompress(const handle *h, const plan *p, devptr dense, devptr to, devptr buffer, devptr stream) {
    ENTER(h);
    REFUSE(!is_alive(p), INVALID_VALUE);
    return compress(sparse_of(p->of), p->of->a->structured, sparse_op(p->of), dense, to, buffer, stream);
}

EXPORT int cusparseLtSpMMACompress2(const handle *h, const matrix *m, int is_a, int op, devptr dense, devptr to,
                                    devptr buffer, devptr stream) {
    ENTER(h);
    return compress(m, is_a, op, dense, to, buffer, stream);
}

/* Everything that a product needs when its turn comes, whatever becomes of its plan until then. */
typedef struct {
    matrix a, b, c, d;
    matmul of;
    float alpha, beta;
    const float *alphas;
    devptr a_data, b_data, c_data, d_data, workspace;
    size_t workspace_bytes;
    int times;
} launch;

static float *decode_dense(const walk *w) {
    float *lines = malloc((size_t)(w->lines * w->length) * sizeof *lines);
    for (int64_t line = 0; line < w->lines; line++) {
        for (int64_t i = 0; i < w->length; i++) {
            lines[line * w->length + i] = walk_get(w, line, i);
        }
    }
    return lines;
}

static float *decode_compressed(const walk *w) {
    compressed_head head;
    memcpy(&head, w->data, sizeof head);
    if (head.magic != COMPRESSED || head.type != (uint32_t)w->type || head.lines != w->lines || head.length != w->length) {
        return NULL;
    }
    float *lines = calloc((size_t)(w->lines * w->length), sizeof *lines);
    int group = group_of(w->type), kept = group / 2;
    const char *values = w->data + sizeof head;
    const uint8_t *places = (const uint8_t *)values + w->lines * w->length / 2 * stub_type_bytes(w->type);
    for (int64_t i = 0; i < w->lines * w->length / 2; i++) {
        lines[i / kept * group + (places[i / 4] >> i % 4 * 2 & 3)] = stub_get(values, w->type, i);
    }
    return lines;
}

static float *decode(const matrix *m, int op, int is_a, devptr data, int batch) {
    size_t step = m->structured ? (m->batch_stride == 0 ? 0 : compressed_bytes(m) / (size_t)m->batches)
                                : (size_t)(m->batch_stride * stub_type_bytes(m->type));
    walk w = walk_of(m, op, is_a, data + (devptr)batch * step);
    float *lines = m->structured ? decode_compressed(&w) : decode_dense(&w);
    for (int64_t i = 0; lines != NULL && m->type == R_32F && i < w.lines * w.length; i++) {
        lines[i] = stub_to_tf32(lines[i]);
    }
    return lines;
}

static view view_of(const matrix *m, devptr data, int batch) {
    view v = {(char *)data + batch * m->batch_stride * stub_type_bytes(m->type), m->type, m->order == ROW ? m->ld : 1,
              m->order == ROW ? 1 : m->ld};
    return v;
}

static void run_matmul(void *argument) {
    const launch *l = argument;
    const matmul *mm = &l->of;
    memset((void *)l->workspace, 0xee, l->workspace_bytes);
    for (int batch = 0; batch < l->a.batches; batch++) {
        float *a = decode(&l->a, mm->op_a, 1, l->a_data, batch);
        float *b = decode(&l->b, mm->op_b, 0, l->b_data, batch);
        if (a == NULL || b == NULL) {
            stub_fault(); /* what was to be compressed is not */
        } else {
            int bias_type = l->a.type == R_8I ? R_32F : l->d.type;
            product p = {l->d.rows, l->d.cols, mm->op_a == OP_N ? l->a.cols : l->a.rows, l->a.type == R_8I,
                         view_of(&l->c, l->c_data, batch), view_of(&l->d, l->d_data, batch), l->alpha, l->beta,
                         mm->alpha_vector ? l->alphas : NULL,
                         mm->bias == 0 ? NULL : (char *)mm->bias + batch * mm->bias_stride * stub_type_bytes(bias_type),
                         bias_type, mm->relu, mm->gelu, mm->relu_upper, mm->relu_threshold};
            for (int i = 0; i < l->times; i++) {
                multiply(&p, a, b);
            }
        }
        free(a);
        free(b);
    }
}

static int start(const plan *p, int times, const float *alpha, devptr a, devptr b, const float *beta, devptr c, devptr d,
                 devptr workspace, const devptr *streams, int stream_count) {
    REFUSE(!is_alive(p) || alpha == NULL || beta == NULL || stream_count < 0, INVALID_VALUE);
    const matmul *mm = p->of;
    devptr stream = streams == NULL || stream_count == 0 ? 0 : streams[0];
    REFUSE(!stub_is_stream(stream), INVALID_VALUE);
    REFUSE(a % mm->a->alignment || b % mm->b->alignment || c % mm->c->alignment || d % mm->d->alignment, INVALID_VALUE);
    devptr compressed = mm->a->structured ? a : b, dense = mm->a->structured ? b : a;
    uint64_t bias_bytes = (uint64_t)mm->d->rows * (mm->a->type == R_8I ? 4 : (uint64_t)stub_type_bytes(mm->d->type));
    if (!stub_in_bounds(compressed, compressed_bytes(sparse_of(mm)))
        || !stub_in_bounds(dense, span(mm->a->structured ? mm->b : mm->a)) || !stub_in_bounds(d, span(mm->d))
        || (*beta != 0 && !stub_in_bounds(c, span(mm->c))) || !stub_in_bounds(workspace, workspace_of(p))
        || (mm->bias != 0 && !stub_in_bounds(mm->bias, bias_bytes))) {
        stub_fault(); /* the real one does not look, and its kernel dies */
        return OK;
    }
    launch *l = calloc(1, sizeof *l);
    l->a = *mm->a;
    l->b = *mm->b;
    l->c = *mm->c;
    l->d = *mm->d;
    l->of = *mm;
    l->alpha = mm->alpha_vector ? 0 : *alpha;
    l->alphas = alpha;
    l->beta = *beta;
    l->a_data = a;
    l->b_data = b;
    l->c_data = c;
    l->d_data = d;
    l->workspace = workspace;
    l->workspace_bytes = workspace_of(p);
    l->times = times;
    stub_enqueue(stream, run_matmul, l);
    return OK;
}

EXPORT int cusparseLtMatmul(const handle *h, const plan *p, const void *alpha, devptr a, devptr b, const void *beta,
                            devptr c, devptr d, devptr workspace, const devptr *streams, int stream_count) {
    ENTER(h);
    return start(p, 1, alpha, a, b, beta, c, d, workspace, streams, stream_count);
}

/* Computes as often as a search does, so that who passes a result that matters will notice. */
EXPORT int cusparseLtMatmulSearch(const handle *h, plan *p, const void *alpha, devptr a, devptr b, const void *beta,
                                  devptr c, devptr d, devptr workspace, const devptr *streams, int stream_count) {
    ENTER(h);
    REFUSE(!is_alive(p), INVALID_VALUE);
    int status = start(p, p->chosen->iterations, alpha, a, b, beta, c, d, workspace, streams, stream_count);
    REFUSE(status != OK, status);
    stub_drain();
    p->chosen->config = BEST;
    p->chosen->split_k = 1;
    p->chosen->split_mode = 1;
    return OK;
}
