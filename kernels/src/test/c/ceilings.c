// What `rewire probe --measure` measures, in C: the witness that its Java loops reach what the machine has. x86-64 with GNU C and Linux.
//
//   gcc -O2 -pthread kernels/src/test/c/ceilings.c -o target/ceilings && target/ceilings [SECONDS]
//
// Prints one thread and all: multiply-adds in GFLOP/s for each width that the processor has, and reading in GB/s, with the widest vectors, of half of L1d,
// half of L2, a thread's half of L3, and four times what all caches hold. Sizes as Linux gives them, and one L3. Best of many rounds.
// Memory comes from malloc, as Java's does, so that both have pages of the same size.
#define _GNU_SOURCE
#include <immintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096
#define ROUND_SECONDS 0.0003

// How long rounds of each figure are repeated: the argument, on a machine that is busy with other things.
static double seconds_of_figure = 0.3;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

// --- The loops. The empty assembler statements name registers that the compiler may not merge, drop or compute ahead.

#define KEEP(v) __asm__ volatile("" : "+v"(v))
#define EACH12(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11)

#define FMA_LOOP(NAME, TARGET, TYPE, SET, FMA)                         \
    __attribute__((target(TARGET))) static void NAME(long turns) {     \
        TYPE half = SET(0.5f), two = SET(2.0f);                        \
        TYPE s[12];                                                    \
        for (int i = 0; i < 12; i++) s[i] = SET((float) i);            \
        TYPE s0 = s[0], s1 = s[1], s2 = s[2], s3 = s[3], s4 = s[4], s5 = s[5], s6 = s[6], s7 = s[7], s8 = s[8], \
             s9 = s[9], s10 = s[10], s11 = s[11];                      \
        for (long turn = 0; turn < turns; turn++) {                    \
            FMA_STEP(FMA) FMA_STEP(FMA) FMA_STEP(FMA)                  \
        }                                                              \
    }
#define FMA_STEP(FMA) \
    ONE(FMA, s0) ONE(FMA, s1) ONE(FMA, s2) ONE(FMA, s3) ONE(FMA, s4) ONE(FMA, s5) \
    ONE(FMA, s6) ONE(FMA, s7) ONE(FMA, s8) ONE(FMA, s9) ONE(FMA, s10) ONE(FMA, s11)
#define ONE(FMA, s) s = FMA(half, two, s); KEEP(s);

FMA_LOOP(fma128, "avx,fma", __m128, _mm_set1_ps, _mm_fmadd_ps)
FMA_LOOP(fma256, "avx2,fma", __m256, _mm256_set1_ps, _mm256_fmadd_ps)
FMA_LOOP(fma512, "avx512f", __m512, _mm512_set1_ps, _mm512_fmadd_ps)

#define READ_LOOP(NAME, TARGET, TYPE, ZERO, LOAD, ADD)                                           \
    __attribute__((target(TARGET))) static void NAME(const char *from, long bytes, long rounds) { \
        TYPE s0 = ZERO(), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;         \
        for (long round = 0; round < rounds; round++) {                                          \
            for (const TYPE *p = (const TYPE *) from, *end = (const TYPE *) (from + bytes); p != end; p += 32) { \
                for (int i = 0; i < 32; i += 8) {                                                \
                    s0 = ADD(s0, LOAD(p + i)); KEEP(s0);                                         \
                    s1 = ADD(s1, LOAD(p + i + 1)); KEEP(s1);                                     \
                    s2 = ADD(s2, LOAD(p + i + 2)); KEEP(s2);                                     \
                    s3 = ADD(s3, LOAD(p + i + 3)); KEEP(s3);                                     \
                    s4 = ADD(s4, LOAD(p + i + 4)); KEEP(s4);                                     \
                    s5 = ADD(s5, LOAD(p + i + 5)); KEEP(s5);                                     \
                    s6 = ADD(s6, LOAD(p + i + 6)); KEEP(s6);                                     \
                    s7 = ADD(s7, LOAD(p + i + 7)); KEEP(s7);                                     \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
    }

READ_LOOP(read128, "sse2", __m128i, _mm_setzero_si128, _mm_load_si128, _mm_add_epi32)
READ_LOOP(read256, "avx2", __m256i, _mm256_setzero_si256, _mm256_load_si256, _mm256_add_epi32)
READ_LOOP(read512, "avx512f", __m512i, _mm512_setzero_si512, _mm512_load_si512, _mm512_add_epi32)

// --- Threads that start each round together, and the shortest round.

struct work {
    void (*fma)(long);
    void (*read)(const char *, long, long);
    char *memory;
    long share, bytes, repeats;
};

static struct work work;
static int threads;
static atomic_int arrived, turns, done;
static double started, best, end;

static void run(int thread) {
    if (work.fma) work.fma(work.repeats);
    else work.read(work.memory + thread * work.share, work.bytes, work.repeats);
}

static void await(void (*last)(void)) {
    int before = atomic_load(&turns);
    if (atomic_fetch_add(&arrived, 1) == threads - 1) {
        atomic_store(&arrived, 0);
        last();
        atomic_store(&turns, before + 1);
    }
    while (atomic_load(&turns) == before) _mm_pause();
}

static void begin(void) {
    if (best < 1e9 && now() >= end) atomic_store(&done, 1);
    started = now();
}

static void finish(void) {
    double took = now() - started;
    if (took < best) best = took;
}

static void *rounds(void *number) {
    for (;;) {
        await(begin);
        if (atomic_load(&done)) return NULL;
        run((int) (long) number);
        await(finish);
    }
}

static double best_seconds(int count) {
    pthread_t others[1024];
    threads = count;
    best = 1e9;
    atomic_store(&done, 0);
    work.repeats = 1;
    for (;;) {
        double t = 1e9;
        for (int i = 0; i < 3; i++) {
            double start = now();
            run(0);
            start = now() - start;
            if (start < t) t = start;
        }
        if (t >= ROUND_SECONDS / 2) {
            work.repeats = (long) ((double) work.repeats * ROUND_SECONDS / t);
            if (work.repeats < 1) work.repeats = 1;
            break;
        }
        work.repeats *= 2;
    }
    end = now() + seconds_of_figure;
    for (long i = 1; i < count; i++) {
        if (pthread_create(&others[i], NULL, rounds, (void *) i)) { perror("pthread_create"); exit(1); }
    }
    rounds(0);
    for (int i = 1; i < count; i++) pthread_join(others[i], NULL);
    return best;
}

static void multiply_add(const char *name, int lanes, void (*loop)(long), int all) {
    work = (struct work) {.fma = loop};
    double rate[2];
    for (int i = 0; i < 2; i++) {
        int count = i ? all : 1;
        double seconds = best_seconds(count);
        rate[i] = 2e-9 * count * (double) work.repeats * 36 * lanes / seconds;
    }
    printf("fma %-8s %10.1f %10.1f GFLOP/s\n", name, rate[0], rate[1]);
}

static void reading(const char *level, void (*loop)(const char *, long, long), long alone, long share, int all) {
    share = share / PAGE * PAGE;
    alone = alone / PAGE * PAGE < all * share ? alone / PAGE * PAGE : all * share;
    char *block = malloc((size_t) (all * share + PAGE));
    if (!block) { perror("malloc"); exit(1); }
    char *memory = block + PAGE - (size_t) block % PAGE;
    memset(memory, 1, (size_t) (all * share));
    double rate[2];
    for (int i = 0; i < 2; i++) {
        int count = i ? all : 1;
        long bytes = i ? share : alone;
        work = (struct work) {.read = loop, .memory = memory, .share = share, .bytes = bytes / 2048 * 2048};
        double seconds = best_seconds(count);
        rate[i] = 1e-9 * count * (double) work.bytes * (double) work.repeats / seconds;
    }
    printf("read %-8s %9.1f %10.1f GB/s  (%ld KiB)\n", level, rate[0], rate[1], alone >> 10);
    free(block);
}

// The first core's caches: the second index is of instructions. sysconf may answer for the whole machine below a virtual one.
static long cache(int index) {
    char path[80];
    long kib = 0;
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/size", index);
    FILE *file = fopen(path, "r");
    if (file) {
        if (fscanf(file, "%ldK", &kib) != 1) kib = 0;
        fclose(file);
    }
    return kib << 10;
}

int main(int count, char **arguments) {
    if (count > 1) seconds_of_figure = atof(arguments[1]);
    int all = (int) sysconf(_SC_NPROCESSORS_ONLN);
    if (all > 1024) all = 1024;
    __builtin_cpu_init();
    int wide = __builtin_cpu_supports("avx512f"), middle = __builtin_cpu_supports("avx2");
    printf("%17s %10s\n", "one thread", all == 1 ? "" : "all");
    if (__builtin_cpu_supports("fma")) {
        multiply_add("128", 4, fma128, all);
        if (middle) multiply_add("256", 8, fma256, all);
        if (wide) multiply_add("512", 16, fma512, all);
    }
    void (*loop)(const char *, long, long) = wide ? read512 : middle ? read256 : read128;
    long l1 = cache(0), l2 = cache(2), l3 = cache(3);
    if (l1) reading("L1", loop, l1 / 2, l1 / 2, all);
    if (l2) reading("L2", loop, l2 / 2, l2 / 2, all);
    long share = l3 / 2 / all >= 2 * l2 ? l3 / 2 / all : l3 / 2 / all + l2;
    if (l3) reading("L3", loop, share, share, all);
    long memory = 4 * (l3 + all * (l1 + l2));
    if (memory < 64L << 20) memory = 64L << 20;
    if (memory > 1024L << 20) memory = 1024L << 20;
    reading("memory", loop, memory, memory / all, all);
    return 0;
}
