package dev.rewire.kernels.internal;

import dev.rewire.kernels.ValueType;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A set of kernels. Arguments were validated by the caller. */
public interface KernelProvider {
    /** Name as in {@code -Drewire.kernels}. */
    String name();

    /** Bits of the vectors used; 32 where there are none. */
    int vectorBits();

    /** What one worker hands to the SpMM kernels of this provider. */
    SpmmOperands operands();

    /** The SpMM kernel for a shape. */
    SpmmKernel spmm(SpmmShape shape);

    /**
     * A kernel for one sample after the other of a batch, whatever lanes, samples, start and end the shape has; null where the SpMM kernel is as good.
     *
     * @param bytes of the values as floats, which each sample reads once; if they are fewer, the choice must be the same all the same, or sums had another order
     */
    @Nullable
    SpmvKernel spmv(SpmmShape shape, int batch, long bytes);

    /**
     * A kernel for one sample after the other of a forward product by lines of places, or null where there is none that pays.
     *
     * @param bytes of the values as floats, which each sample reads once
     */
    default @Nullable LineKernel lines(int blockRows, int blockCols, ValueType type, int batch, long bytes) {
        return null;
    }

    /**
     * A kernel for one sample after the other of a batch backward to the input that walks W by rows, or null where walking it by columns is as good.
     *
     * @param bytes of the values, which each sample reads once
     */
    @Nullable
    ScatterKernel scatter(int blockRows, int blockCols, int batch, long bytes);

    /**
     * A kernel that does so in vectors, or null where there is none.
     *
     * @param bytes of the values, which each sample reads once
     */
    default @Nullable VectorScatter vectorScatter(int blockRows, int blockCols, int batch, long bytes) {
        return null;
    }

    /** The SpMM kernel for N:M weights. */
    SpmmKernel nm(NmShape shape);

    /** A kernel for N:M weights and one sample after the other, whatever lanes, samples, start and end the shape has; null where the other is as good. */
    @Nullable
    NmSpmvKernel nmSpmv(NmShape shape, int batch);

    /** Samples up to which SDDMM is faster one after the other than by panels; then both give the same bits. */
    int fewSamples(int blockElements);

    /** The SDDMM kernel for a shape. */
    SddmmKernel sddmm(SddmmShape shape);

    /** The SDDMM kernel for single elements of some inputs, row after row, in panels of so many lanes and samples; null where a range of them had better be computed by one call. */
    @Nullable
    SddmmRowsKernel sddmmRows(int lanes, int samples, boolean narrow);

    /** The SDDMM kernel for single elements in squares and panels of so many lanes and samples; null where single ones are as good. */
    @Nullable
    SquareSddmmKernel squareSddmm(int lanes, int samples, boolean accumulate);

    /** Whether blocks are computed faster as sums of outer products than by panels. */
    boolean paysOuterSddmm(int blockRows, int blockCols);

    /** The kernel that does so, for blocks of which that is true or that are 16×16, and a gradient whose features are so many bytes apart. */
    OuterSddmmKernel outerSddmm(int blockRows, int blockCols, long featureBytes);

    /** Whether blocks are computed faster from inputs and gradients that are repeated to their lanes, of so many samples. */
    default boolean paysWholeBlockSddmm(int blockRows, int blockCols, int batch) {
        return false;
    }

    /** The kernel that does so, for blocks and batches of which that is true. */
    default WholeBlockSddmmKernel wholeBlockSddmm(int blockRows, int blockCols, int batch) {
        throw new AssertionError("none pays");
    }

    /** Copies between row-major matrices and panels. */
    PanelCopy panelCopy();

    /** Element-wise loops of optimisers. */
    ElementwiseKernels elementwise();

    /** Softmax down the keys of attention. */
    SoftmaxKernels softmax();

    /** Masks of N:M and what they keep. */
    MaskKernels masks();

    /** Element-wise loops over activations. */
    PanelKernels panels();

    /** Normalisation of channels. */
    ChannelKernels channels();

    /** Normalisation of samples. */
    SampleKernels samples();

    /** Pooling. */
    WindowKernels windows();

    /** A dense matrix to panels and back: a rectangle of one panel, at most {@code lanes} samples. */
    interface PanelCopy {
        /**
         * Fills features of a panel; lanes after the last sample become zero.
         *
         * @param source floats, any native segment
         * @param sourceOffset byte offset of the first sample's first feature
         * @param rowStride bytes from one row to the next: from sample to sample, or of a feature-major source from feature to feature
         * @param samples 1 to lanes
         * @param features how many
         * @param panel kernel memory
         * @param panelOffset byte offset of the first feature
         * @param lanes samples of a panel
         */
        void pack(
                MemorySegment source,
                long sourceOffset,
                long rowStride,
                int samples,
                int features,
                MemorySegment panel,
                long panelOffset,
                int lanes);

        /** The way back; parameters as in {@link #pack}. */
        void unpack(
                MemorySegment panel,
                long panelOffset,
                int lanes,
                int samples,
                int features,
                MemorySegment target,
                long targetOffset,
                long rowStride);
    }
}
