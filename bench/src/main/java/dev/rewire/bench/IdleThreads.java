package dev.rewire.bench;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.UnavailableException;

/**
 * Bounds how long idle threads of the peers look for work before they sleep. By their own defaults they do for some 20 ms (OpenBLAS) or
 * hundreds of thousands of turns (GNU OpenMP), and so take time from whoever is timed next. 0.3 ms bridge the gap between two of their
 * own products.
 */
final class IdleThreads {
    private IdleThreads() {}

    /** Takes effect on libraries that are loaded afterwards, and leaves alone what the user has set. */
    static void bound() throws UnavailableException {
        // A power of two, in cycles.
        NativeLibrary.setEnvironment("OPENBLAS_THREAD_TIMEOUT", "20");
        NativeLibrary.setEnvironment("OMP_WAIT_POLICY", "PASSIVE");
        // In turns of a pause instruction, which takes 40 to 140 cycles: 0.3 to 0.9 ms.
        NativeLibrary.setEnvironment("GOMP_SPINCOUNT", "20000");
    }
}
