package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What an SpMM is prepared for besides its weights.
 *
 * @param arena where scratch comes from
 * @param batch samples
 * @param lanes samples of a panel
 * @param panels panels of the batch
 * @param threads workers
 * @param strided whether the strides between features are those of the operands
 * @param start what the sums start from
 * @param end what happens to finished sums
 * @param room memory for values in another order, or null where they take some of the arena
 */
record SpmmSetup(
        KernelArena arena,
        int batch,
        int lanes,
        int panels,
        int threads,
        boolean strided,
        Start start,
        End end,
        @Nullable MemorySegment room) {}
