#define _GNU_SOURCE
#include "stub.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEVICE_MEMORY = 1 << 30, CONTEXT = 0xc0de0000 };

enum { FAIL_NOTHING, FAIL_NO_DEVICE, FAIL_OLD_DRIVER, FAIL_STUB_LIBRARY, FAIL_MISMATCH, FAIL_OLD_DEVICE };

typedef struct block {
    struct block *next;
    char *address;
    uint64_t bytes;
    int kind; /* LIVE_ALLOCATIONS, LIVE_HOST_ALLOCATIONS or LIVE_REGISTRATIONS */
} block;

typedef struct object {
    struct object *next;
    int kind; /* LIVE_STREAMS or LIVE_EVENTS */
    int pending; /* records of an event, work of a stream */
    double milliseconds;
    int recorded;
    int dead;
} object;

typedef struct work {
    struct work *next;
    object *stream;
    object *event;
    void (*run)(void *);
    void *argument;
    void *to;
    const void *from;
    uint64_t bytes;
    int fill; /* a byte, or -1: a copy */
} work;

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static block *blocks;
static object *objects;
static work *first_work, **last_work = &first_work;
static int64_t live[LIVE_KINDS];
static int initialised;
static int fail_mode;
static int64_t calls, failing_call = -1, faulting_call = -1, allocations_left = -1;
static int sticky;
static __thread devptr current;

/* Control: called by tests alone. */

EXPORT void stub_reset(void) {
    pthread_mutex_lock(&lock);
    stub_drain();
    memset(live, 0, sizeof live);
    fail_mode = sticky = 0;
    calls = 0;
    failing_call = faulting_call = allocations_left = -1;
    /* What a test has leaked stays allocated: someone may hold it still. */
    blocks = NULL;
    objects = NULL;
    pthread_mutex_unlock(&lock);
}

EXPORT void stub_fail(int mode) { fail_mode = mode; }
EXPORT int64_t stub_live(int kind) { return live[kind]; }
EXPORT int64_t stub_calls(void) { return calls; }
/* The call of this number from now on, counted from 1, fails once; those that release are not counted. */
EXPORT void stub_fail_call(int64_t number) { failing_call = number < 0 ? -1 : calls + number; }
EXPORT void stub_fault_call(int64_t number) { faulting_call = number < 0 ? -1 : calls + number; }
EXPORT void stub_allow_allocations(int64_t number) { allocations_left = number; }

/* For the libraries. */

EXPORT int stub_enter(int needs_context, int releases) {
    pthread_mutex_lock(&lock);
    int result = CUDA_OK;
    if (!releases) {
        calls++;
        if (calls == faulting_call) {
            sticky = 1;
        }
        if (calls == failing_call) {
            result = CUDA_OUT_OF_MEMORY;
        }
    }
    if (sticky) {
        result = CUDA_ILLEGAL_ADDRESS;
    } else if (needs_context && !initialised) {
        result = CUDA_NOT_INITIALIZED;
    } else if (needs_context && (current != CONTEXT || live[LIVE_CONTEXTS] <= 0)) {
        result = CUDA_INVALID_CONTEXT;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

EXPORT void stub_count(int kind, int64_t change) {
    pthread_mutex_lock(&lock);
    live[kind] += change;
    pthread_mutex_unlock(&lock);
}

static block *find(devptr address, int kind) {
    for (block *b = blocks; b != NULL; b = b->next) {
        if (b->kind == kind && address >= (devptr)b->address && address < (devptr)b->address + b->bytes) {
            return b;
        }
    }
    return NULL;
}

EXPORT int stub_in_bounds(devptr address, uint64_t bytes) {
    pthread_mutex_lock(&lock);
    block *b = find(address, LIVE_ALLOCATIONS);
    int inside = b != NULL && bytes <= b->bytes - (address - (devptr)b->address);
    pthread_mutex_unlock(&lock);
    return inside;
}

EXPORT void stub_fault(void) { sticky = 1; }

static object *find_object(devptr handle, int kind) {
    for (object *o = objects; o != NULL; o = o->next) {
        if ((devptr)o == handle && o->kind == kind && !o->dead) {
            return o;
        }
    }
    return NULL;
}

EXPORT int stub_is_stream(devptr stream) {
    pthread_mutex_lock(&lock);
    int is = stream == 0 || find_object(stream, LIVE_STREAMS) != NULL;
    pthread_mutex_unlock(&lock);
    return is;
}

static work *append(devptr stream) {
    work *w = calloc(1, sizeof *w);
    w->stream = stream == 0 ? NULL : (object *)stream;
    w->fill = -1;
    if (w->stream != NULL) {
        w->stream->pending++;
    }
    *last_work = w;
    last_work = &w->next;
    return w;
}

EXPORT void stub_enqueue(devptr stream, void (*run)(void *), void *argument) {
    pthread_mutex_lock(&lock);
    work *w = append(stream);
    w->run = run;
    w->argument = argument;
    pthread_mutex_unlock(&lock);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

/* The order in which work came is one that every stream and event allows. */
static int run_one(void) {
    work *w = first_work;
    if (w == NULL) {
        return 0;
    }
    first_work = w->next;
    if (first_work == NULL) {
        last_work = &first_work;
    }
    if (!sticky) {
        if (w->run != NULL) {
            w->run(w->argument);
        } else if (w->event != NULL) {
            w->event->milliseconds = now();
        } else if (w->fill >= 0) {
            memset(w->to, w->fill, w->bytes);
        } else {
            memcpy(w->to, w->from, w->bytes);
        }
    }
    if (w->event != NULL) {
        w->event->pending--;
    }
    if (w->stream != NULL) {
        w->stream->pending--;
    }
    free(w->argument);
    free(w);
    return 1;
}

EXPORT void stub_drain(void) {
    pthread_mutex_lock(&lock);
    while (run_one()) {
    }
    pthread_mutex_unlock(&lock);
}

/* Every driver call: counted, refused where it must be, and one at a time. */
#define ENTER(needs_context, releases)                      \
    do {                                                    \
        int entered = stub_enter(needs_context, releases);  \
        if (entered != CUDA_OK) {                           \
            return entered;                                 \
        }                                                   \
    } while (0)

static int locked(int result) {
    pthread_mutex_unlock(&lock);
    return result;
}

/* The driver. */

EXPORT int cuInit(unsigned flags) {
    switch (fail_mode) {
        case FAIL_NO_DEVICE:
            return CUDA_NO_DEVICE;
        case FAIL_STUB_LIBRARY:
            return CUDA_STUB_LIBRARY;
        case FAIL_MISMATCH:
            return CUDA_DRIVER_MISMATCH;
        default:
            break;
    }
    ENTER(0, 0);
    if (flags != 0) {
        return CUDA_INVALID_VALUE;
    }
    initialised = 1;
    return CUDA_OK;
}

EXPORT int cuDriverGetVersion(int *version) {
    ENTER(0, 0);
    *version = fail_mode == FAIL_OLD_DRIVER ? 12040 : 13000;
    return CUDA_OK;
}

EXPORT int cuDeviceGetCount(int *count) {
    ENTER(0, 0);
    *count = initialised;
    return initialised ? CUDA_OK : CUDA_NOT_INITIALIZED;
}

EXPORT int cuDeviceGet(int *device, int ordinal) {
    ENTER(0, 0);
    *device = ordinal;
    return ordinal == 0 ? CUDA_OK : CUDA_INVALID_DEVICE;
}

EXPORT int cuDeviceGetName(char *name, int length, int device) {
    ENTER(0, 0);
    strncpy(name, "Rewire's stub device", (size_t)length);
    return device == 0 ? CUDA_OK : CUDA_INVALID_DEVICE;
}

EXPORT int cuDeviceGetAttribute(int *value, int attribute, int device) {
    ENTER(0, 0);
    switch (attribute) {
        case 16: /* multiprocessors */
            *value = 2;
            break;
        case 38: /* L2 */
            *value = 1 << 20;
            break;
        case 75: /* compute capability */
            *value = fail_mode == FAIL_OLD_DEVICE ? 7 : 9;
            break;
        case 76:
            *value = fail_mode == FAIL_OLD_DEVICE ? 5 : 0;
            break;
        case 99: /* host registration, also read-only; memory pools */
        case 113:
        case 115:
            *value = 1;
            break;
        default:
            *value = 0;
    }
    return device == 0 ? CUDA_OK : CUDA_INVALID_DEVICE;
}

EXPORT int cuDeviceTotalMem_v2(size_t *bytes, int device) {
    ENTER(0, 0);
    *bytes = DEVICE_MEMORY;
    return device == 0 ? CUDA_OK : CUDA_INVALID_DEVICE;
}

EXPORT int cuDevicePrimaryCtxRetain(devptr *context, int device) {
    ENTER(0, 0);
    if (!initialised || device != 0) {
        return initialised ? CUDA_INVALID_DEVICE : CUDA_NOT_INITIALIZED;
    }
    stub_count(LIVE_CONTEXTS, 1);
    *context = CONTEXT;
    return CUDA_OK;
}

EXPORT int cuDevicePrimaryCtxRelease_v2(int device) {
    ENTER(0, 1);
    if (device != 0 || live[LIVE_CONTEXTS] <= 0) {
        return CUDA_INVALID_CONTEXT;
    }
    stub_drain();
    stub_count(LIVE_CONTEXTS, -1);
    return CUDA_OK;
}

/* Always done, also before what releases: it must not fail by number. */
EXPORT int cuCtxSetCurrent(devptr context) {
    ENTER(0, 1);
    if (context != 0 && (context != CONTEXT || live[LIVE_CONTEXTS] <= 0)) {
        return CUDA_INVALID_CONTEXT;
    }
    current = context;
    return CUDA_OK;
}

EXPORT int cuCtxGetCurrent(devptr *context) {
    ENTER(0, 1);
    *context = current;
    return CUDA_OK;
}

EXPORT int cuCtxSynchronize(void) {
    ENTER(1, 1);
    stub_drain();
    return sticky ? CUDA_ILLEGAL_ADDRESS : CUDA_OK;
}

EXPORT int cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    ENTER(1, 0);
    *total = DEVICE_MEMORY;
    *free_bytes = DEVICE_MEMORY - (size_t)live[LIVE_BYTES];
    return CUDA_OK;
}

static int allocate(char **address, uint64_t bytes, int kind) {
    if (bytes == 0) {
        return CUDA_INVALID_VALUE;
    }
    pthread_mutex_lock(&lock);
    int device = kind == LIVE_ALLOCATIONS;
    if (device && (allocations_left == 0 || bytes > DEVICE_MEMORY - (uint64_t)live[LIVE_BYTES])) {
        return locked(CUDA_OUT_OF_MEMORY);
    }
    if (device && allocations_left > 0) {
        allocations_left--;
    }
    block *b = calloc(1, sizeof *b);
    b->address = aligned_alloc(512, (bytes + 511) / 512 * 512);
    b->bytes = bytes;
    b->kind = kind;
    b->next = blocks;
    blocks = b;
    live[kind]++;
    if (device) {
        live[LIVE_BYTES] += (int64_t)bytes;
    }
    /* Whatever was there: NaN in every type that has one. */
    memset(b->address, 0xff, bytes);
    *address = b->address;
    return locked(CUDA_OK);
}

static int release(devptr address, int kind) {
    pthread_mutex_lock(&lock);
    for (block **b = &blocks; *b != NULL; b = &(*b)->next) {
        if ((devptr)(*b)->address == address && (*b)->kind == kind) {
            block *found = *b;
            *b = found->next;
            live[kind]--;
            if (kind == LIVE_ALLOCATIONS) {
                live[LIVE_BYTES] -= (int64_t)found->bytes;
            }
            if (kind != LIVE_REGISTRATIONS) {
                memset(found->address, 0xff, found->bytes);
                free(found->address);
            }
            free(found);
            return locked(CUDA_OK);
        }
    }
    return locked(kind == LIVE_REGISTRATIONS ? CUDA_NOT_REGISTERED : CUDA_INVALID_VALUE);
}

EXPORT int cuMemAlloc_v2(devptr *address, size_t bytes) {
    ENTER(1, 0);
    return allocate((char **)address, bytes, LIVE_ALLOCATIONS);
}

EXPORT int cuMemFree_v2(devptr address) {
    ENTER(1, 1);
    if (address == 0) {
        return CUDA_OK;
    }
    stub_drain();
    return release(address, LIVE_ALLOCATIONS);
}

EXPORT int cuMemAllocAsync(devptr *address, size_t bytes, devptr stream) {
    ENTER(1, 0);
    return stub_is_stream(stream) ? allocate((char **)address, bytes, LIVE_ALLOCATIONS) : CUDA_INVALID_HANDLE;
}

EXPORT int cuMemFreeAsync(devptr address, devptr stream) {
    ENTER(1, 1);
    stub_drain();
    return stub_is_stream(stream) ? release(address, LIVE_ALLOCATIONS) : CUDA_INVALID_HANDLE;
}

EXPORT int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) {
    ENTER(1, 0);
    return flags > 7 ? CUDA_INVALID_VALUE : allocate((char **)address, bytes, LIVE_HOST_ALLOCATIONS);
}

/* Nobody waits for copies of memory that is given back: that they are still to come is a fault. */
static int give_back(char *address, int kind) {
    pthread_mutex_lock(&lock);
    block *b = find((devptr)address, kind);
    for (work *w = first_work; w != NULL && b != NULL; w = w->next) {
        const char *from = w->from, *to = w->to;
        if ((from >= b->address && from < b->address + b->bytes) || (to >= b->address && to < b->address + b->bytes)) {
            stub_fault();
        }
    }
    stub_drain();
    int result = release((devptr)address, kind);
    return locked(sticky ? CUDA_ILLEGAL_ADDRESS : result);
}

EXPORT int cuMemFreeHost(void *address) {
    ENTER(1, 1);
    return give_back(address, LIVE_HOST_ALLOCATIONS);
}

EXPORT int cuMemHostRegister_v2(void *address, size_t bytes, unsigned flags) {
    ENTER(1, 0);
    if (address == NULL || bytes == 0 || flags > 15) {
        return CUDA_INVALID_VALUE;
    }
    pthread_mutex_lock(&lock);
    for (block *b = blocks; b != NULL; b = b->next) {
        char *from = address;
        if (b->kind == LIVE_REGISTRATIONS && from < b->address + b->bytes && b->address < from + bytes) {
            return locked(CUDA_ALREADY_REGISTERED);
        }
    }
    block *b = calloc(1, sizeof *b);
    b->address = address;
    b->bytes = bytes;
    b->kind = LIVE_REGISTRATIONS;
    b->next = blocks;
    blocks = b;
    live[LIVE_REGISTRATIONS]++;
    return locked(CUDA_OK);
}

EXPORT int cuMemHostUnregister(void *address) {
    ENTER(1, 1);
    return give_back(address, LIVE_REGISTRATIONS);
}

static int put_off(void *to, const void *from, devptr on_device, uint64_t bytes, int fill, devptr stream) {
    pthread_mutex_lock(&lock);
    if (bytes > 0 && (!stub_in_bounds(on_device, bytes) || to == NULL || (fill < 0 && from == NULL))) {
        return locked(CUDA_INVALID_VALUE);
    }
    if (!stub_is_stream(stream)) {
        return locked(CUDA_INVALID_HANDLE);
    }
    work *w = append(stream);
    w->to = to;
    w->from = from;
    w->bytes = bytes;
    w->fill = fill;
    return locked(CUDA_OK);
}

EXPORT int cuMemcpyHtoDAsync_v2(devptr to, const void *from, size_t bytes, devptr stream) {
    ENTER(1, 0);
    return put_off((void *)to, from, to, bytes, -1, stream);
}

EXPORT int cuMemcpyDtoHAsync_v2(void *to, devptr from, size_t bytes, devptr stream) {
    ENTER(1, 0);
    return put_off(to, (const void *)from, from, bytes, -1, stream);
}

EXPORT int cuMemcpyDtoDAsync_v2(devptr to, devptr from, size_t bytes, devptr stream) {
    ENTER(1, 0);
    if (bytes > 0 && !stub_in_bounds(from, bytes)) {
        return CUDA_INVALID_VALUE;
    }
    return put_off((void *)to, (const void *)from, to, bytes, -1, stream);
}

EXPORT int cuMemsetD8Async(devptr to, unsigned char value, size_t bytes, devptr stream) {
    ENTER(1, 0);
    return put_off((void *)to, NULL, to, bytes, value, stream);
}

static int create(devptr *handle, int kind) {
    pthread_mutex_lock(&lock);
    object *o = calloc(1, sizeof *o);
    o->kind = kind;
    o->next = objects;
    objects = o;
    live[kind]++;
    *handle = (devptr)o;
    return locked(CUDA_OK);
}

/* Work that uses it may still wait, so the object stays, dead. */
static int destroy(devptr handle, int kind) {
    pthread_mutex_lock(&lock);
    object *o = find_object(handle, kind);
    if (o == NULL) {
        return locked(CUDA_INVALID_HANDLE);
    }
    o->dead = 1;
    live[kind]--;
    return locked(CUDA_OK);
}

EXPORT int cuStreamCreate(devptr *stream, unsigned flags) {
    ENTER(1, 0);
    return flags > 1 ? CUDA_INVALID_VALUE : create(stream, LIVE_STREAMS);
}

EXPORT int cuStreamDestroy_v2(devptr stream) {
    ENTER(1, 1);
    return destroy(stream, LIVE_STREAMS);
}

/* Whatever this returns, it has waited. */
EXPORT int cuStreamSynchronize(devptr stream) {
    stub_drain();
    ENTER(1, 0);
    if (!stub_is_stream(stream)) {
        return CUDA_INVALID_HANDLE;
    }
    return sticky ? CUDA_ILLEGAL_ADDRESS : CUDA_OK;
}

/* Asking makes one step, so that asking again and again comes to an end. */
static int query(devptr handle, int kind) {
    pthread_mutex_lock(&lock);
    if (handle == 0 && kind == LIVE_STREAMS) {
        return locked(first_work == NULL ? CUDA_OK : CUDA_NOT_READY);
    }
    object *o = find_object(handle, kind);
    if (o == NULL) {
        return locked(CUDA_INVALID_HANDLE);
    }
    int pending = o->pending;
    run_one();
    return locked(sticky ? CUDA_ILLEGAL_ADDRESS : pending > 0 ? CUDA_NOT_READY : CUDA_OK);
}

EXPORT int cuStreamQuery(devptr stream) {
    ENTER(1, 1);
    return query(stream, LIVE_STREAMS);
}

EXPORT int cuStreamWaitEvent(devptr stream, devptr event, unsigned flags) {
    ENTER(1, 0);
    return stub_is_stream(stream) && find_object(event, LIVE_EVENTS) != NULL && flags == 0 ? CUDA_OK
                                                                                           : CUDA_INVALID_HANDLE;
}

EXPORT int cuEventCreate(devptr *event, unsigned flags) {
    ENTER(1, 0);
    return flags > 3 ? CUDA_INVALID_VALUE : create(event, LIVE_EVENTS);
}

EXPORT int cuEventDestroy_v2(devptr event) {
    ENTER(1, 1);
    return destroy(event, LIVE_EVENTS);
}

EXPORT int cuEventRecord(devptr event, devptr stream) {
    ENTER(1, 0);
    pthread_mutex_lock(&lock);
    object *o = find_object(event, LIVE_EVENTS);
    if (o == NULL || !stub_is_stream(stream)) {
        return locked(CUDA_INVALID_HANDLE);
    }
    o->pending++;
    o->recorded = 1;
    append(stream)->event = o;
    return locked(CUDA_OK);
}

EXPORT int cuEventSynchronize(devptr event) {
    stub_drain();
    ENTER(1, 0);
    if (find_object(event, LIVE_EVENTS) == NULL) {
        return CUDA_INVALID_HANDLE;
    }
    return sticky ? CUDA_ILLEGAL_ADDRESS : CUDA_OK;
}

EXPORT int cuEventQuery(devptr event) {
    ENTER(1, 1);
    return query(event, LIVE_EVENTS);
}

EXPORT int cuEventElapsedTime_v2(float *milliseconds, devptr start, devptr end) {
    ENTER(1, 0);
    pthread_mutex_lock(&lock);
    object *from = find_object(start, LIVE_EVENTS);
    object *to = find_object(end, LIVE_EVENTS);
    if (from == NULL || to == NULL || !from->recorded || !to->recorded) {
        return locked(CUDA_INVALID_HANDLE);
    }
    if (from->pending > 0 || to->pending > 0) {
        return locked(CUDA_NOT_READY);
    }
    *milliseconds = (float)(to->milliseconds - from->milliseconds);
    return locked(CUDA_OK);
}

static const char *name_of(int code, int long_form) {
    switch (code) {
        case CUDA_OK:
            return long_form ? "no error" : "CUDA_SUCCESS";
        case CUDA_INVALID_VALUE:
            return long_form ? "invalid argument" : "CUDA_ERROR_INVALID_VALUE";
        case CUDA_OUT_OF_MEMORY:
            return long_form ? "out of memory" : "CUDA_ERROR_OUT_OF_MEMORY";
        case CUDA_NOT_INITIALIZED:
            return long_form ? "initialization error" : "CUDA_ERROR_NOT_INITIALIZED";
        case CUDA_STUB_LIBRARY:
            return long_form ? "the library is a stub" : "CUDA_ERROR_STUB_LIBRARY";
        case CUDA_NO_DEVICE:
            return long_form ? "no device is detected" : "CUDA_ERROR_NO_DEVICE";
        case CUDA_INVALID_CONTEXT:
            return long_form ? "invalid context" : "CUDA_ERROR_INVALID_CONTEXT";
        case CUDA_INVALID_HANDLE:
            return long_form ? "invalid handle" : "CUDA_ERROR_INVALID_HANDLE";
        case CUDA_NOT_READY:
            return long_form ? "not ready" : "CUDA_ERROR_NOT_READY";
        case CUDA_ILLEGAL_ADDRESS:
            return long_form ? "an illegal address was used" : "CUDA_ERROR_ILLEGAL_ADDRESS";
        case CUDA_DRIVER_MISMATCH:
            return long_form ? "driver and library differ in version" : "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH";
        default:
            return NULL;
    }
}

static int text(int code, int long_form, const char **out) {
    *out = name_of(code, long_form);
    return *out == NULL ? CUDA_INVALID_VALUE : CUDA_OK;
}

EXPORT int cuGetErrorName(int code, const char **out) { return text(code, 0, out); }
EXPORT int cuGetErrorString(int code, const char **out) { return text(code, 1, out); }

/* Arithmetic that both libraries share. */

EXPORT int stub_type_bytes(int type) {
    switch (type) {
        case R_32F:
        case R_32I:
            return 4;
        case R_16F:
        case R_16BF:
            return 2;
        case R_8I:
            return 1;
        default:
            return 0;
    }
}

static float from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t to_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Nearest even on the lowest `cut` bits; what is NaN stays one. */
static uint32_t round_bits(uint32_t bits, int cut) {
    if ((bits & 0x7fffffff) > 0x7f800000) {
        return bits | 0x400000;
    }
    return bits + (1u << (cut - 1)) - 1 + (bits >> cut & 1);
}

EXPORT float stub_to_tf32(float value) { return from_bits(round_bits(to_bits(value), 13) & ~0x1fffu); }

static float half_to_float(uint16_t half) {
    int exponent = half >> 10 & 31;
    int fraction = half & 1023;
    float magnitude = exponent == 31 ? (fraction ? NAN : INFINITY)
                      : exponent == 0 ? ldexpf((float)fraction, -24)
                                      : ldexpf((float)(1024 + fraction), exponent - 25);
    return half & 0x8000 ? -magnitude : magnitude;
}

static uint16_t float_to_half(float value) {
    uint16_t sign = signbit(value) ? 0x8000 : 0;
    float magnitude = fabsf(value);
    if (isnan(value)) {
        return sign | 0x7e00;
    }
    if (magnitude >= 65520.0f) {
        return sign | 0x7c00;
    }
    if (magnitude < 0x1p-14f) {
        return sign | (uint16_t)rintf(ldexpf(magnitude, 24));
    }
    uint32_t bits = round_bits(to_bits(magnitude), 13) >> 13;
    return sign | (uint16_t)(bits - (112 << 10));
}

EXPORT float stub_get(const void *data, int type, int64_t i) {
    switch (type) {
        case R_32F:
            return ((const float *)data)[i];
        case R_16F:
            return half_to_float(((const uint16_t *)data)[i]);
        case R_16BF:
            return from_bits((uint32_t)((const uint16_t *)data)[i] << 16);
        case R_8I:
            return ((const int8_t *)data)[i];
        default:
            return (float)((const int32_t *)data)[i];
    }
}

EXPORT void stub_set(void *data, int type, int64_t i, float value) {
    switch (type) {
        case R_32F:
            ((float *)data)[i] = value;
            break;
        case R_16F:
            ((uint16_t *)data)[i] = float_to_half(value);
            break;
        case R_16BF:
            ((uint16_t *)data)[i] = (uint16_t)(round_bits(to_bits(value), 16) >> 16);
            break;
        case R_8I:
            ((int8_t *)data)[i] = (int8_t)fmaxf(-128, fminf(127, rintf(value)));
            break;
        default:
            ((int32_t *)data)[i] = (int32_t)fmax(INT32_MIN, fmin(INT32_MAX, rint(value)));
    }
}

EXPORT float stub_gelu(float x) { return (float)(0.5 * x * (1 + erf(x * M_SQRT1_2))); }
