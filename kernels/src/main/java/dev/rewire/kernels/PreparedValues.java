package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;

/** Values of a matrix as kernels read them, where that is not how they are stored: copied anew by each run, task by task, before it multiplies. */
interface PreparedValues {
    /** Where the copy lies. */
    MemorySegment memory();

    /** Bytes of the copy, and of what tells where values belong. */
    long heldBytes();

    /** Into how many tasks the copying is cut. */
    int tasks();

    /** Does one of them, on a worker's own scratch. */
    void copy(int task, int worker);
}
