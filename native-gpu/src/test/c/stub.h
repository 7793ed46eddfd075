/*
 * A device that is none: the CUDA driver, cuSPARSELt and cuBLASLt as far as Rewire calls them, computed by the CPU. For tests; slow, strict and
 * written from the documented behaviour alone, without any header or line of NVIDIA's.
 *
 * What is strict: work is put off until something waits for it, so that memory which is given back too early is noticed; whatever leaves an
 * allocation is an illegal address, which spoils the context for good; opaque objects know their own address and are dead once destroyed;
 * every call needs the context to be current on its thread.
 *
 * stub_cuda owns all state. The two libraries are linked with it.
 */
#ifndef STUB_H
#define STUB_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

/* Device pointers are addresses of the host. */
typedef uint64_t devptr;

/* CUresult, as far as it is returned. */
enum {
    CUDA_OK = 0,
    CUDA_INVALID_VALUE = 1,
    CUDA_OUT_OF_MEMORY = 2,
    CUDA_NOT_INITIALIZED = 3,
    CUDA_STUB_LIBRARY = 34,
    CUDA_NO_DEVICE = 100,
    CUDA_INVALID_DEVICE = 101,
    CUDA_INVALID_CONTEXT = 201,
    CUDA_INVALID_HANDLE = 400,
    CUDA_NOT_READY = 600,
    CUDA_ILLEGAL_ADDRESS = 700,
    CUDA_ALREADY_REGISTERED = 712,
    CUDA_NOT_REGISTERED = 713,
    CUDA_DRIVER_MISMATCH = 803
};

/* cudaDataType, as far as it is computed with. */
enum { R_32F = 0, R_16F = 2, R_8I = 3, R_32I = 10, R_16BF = 14 };

/* What lives; tests read them by these numbers. */
enum {
    LIVE_ALLOCATIONS,
    LIVE_BYTES,
    LIVE_HOST_ALLOCATIONS,
    LIVE_REGISTRATIONS,
    LIVE_CONTEXTS,
    LIVE_STREAMS,
    LIVE_EVENTS,
    LIVE_HANDLES,
    LIVE_DESCRIPTORS,
    LIVE_SELECTIONS,
    LIVE_PLANS,
    LIVE_KINDS
};

/* Counts a call, and decides whether it fails: the CUresult that it is to return. Calls that release something never fail by number. */
int stub_enter(int needs_context, int releases);

void stub_count(int kind, int64_t change);

/* Whether all bytes lie in one allocation. */
int stub_in_bounds(devptr address, uint64_t bytes);

/* The device has gone where it must not: from now on every call fails. */
void stub_fault(void);

/* Puts work off until something waits; `argument` is freed after it. */
void stub_enqueue(devptr stream, void (*work)(void *), void *argument);

/* Runs all that was put off. */
void stub_drain(void);

int stub_is_stream(devptr stream);

/* One element, widened, or narrowed with rounding to the nearest even; 8 bits saturate. */
float stub_get(const void *data, int type, int64_t index);
void stub_set(void *data, int type, int64_t index, float value);
int stub_type_bytes(int type);
float stub_to_tf32(float value);

float stub_gelu(float x);

#endif
