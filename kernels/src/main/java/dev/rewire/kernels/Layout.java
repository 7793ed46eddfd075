package dev.rewire.kernels;

import dev.rewire.kernels.internal.FeatureMajorCopy;
import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import java.lang.foreign.SegmentAllocator;

/** How the dense operands of a product lie in memory. */
public enum Layout {
    /**
     * A caller's own arrays, {@link DenseMatrix} of samples × features: packed into panels on the way in, by transposing, and written back tile by
     * tile. SDDMM of blocks whose rows are whole vectors reads a gradient where it lies, if both operands are memory of a {@link KernelArena}.
     */
    ROW_MAJOR,
    /** {@link PanelMatrix}: what the kernels run on. A training loop keeps its activations there. */
    PANELS,
    /**
     * A caller's own arrays the other way round, {@link DenseMatrix} of features × samples, as column-major libraries and convolutions hold them; the stride
     * of such a matrix is the distance between features. Products with blocks of several outputs (SDDMM: of several elements) run on memory of a {@link KernelArena}
     * where it lies, with the bits that panels give, or SDDMM of up to 2 MiB of panels and a batch that fills its last one would. Packed all the same are operands of SDDMM with blocks whose rows are whole vectors and at most 128 samples or that are whole vectors themselves and at most 48, and inputs if outputs replace them, where blocks reach over
     * the last feature, or where a stride that is a multiple of 512 bytes has the samples of many features meet in the same lines of a cache. A last panel that
     * the samples do not fill, single elements, N:M matrices and memory of other arenas are packed and written back like row-major ones, but only copied.
     * A plan's {@code toString} tells what its last run did.
     */
    FEATURE_MAJOR;

    // What follows is of dense matrices, so not of PANELS.

    int samples(DenseMatrix dense) {
        return this == FEATURE_MAJOR ? dense.cols() : dense.rows();
    }

    int features(DenseMatrix dense) {
        return this == FEATURE_MAJOR ? dense.rows() : dense.cols();
    }

    /** Floats from one sample to the next. */
    long sampleStride(DenseMatrix dense) {
        return this == FEATURE_MAJOR ? 1 : dense.rowStride();
    }

    /** Floats from one feature to the next. */
    long featureStride(DenseMatrix dense) {
        return this == FEATURE_MAJOR ? dense.rowStride() : 1;
    }

    /** Bytes to an element. */
    long offset(DenseMatrix dense, long sample, long feature) {
        return (sample * sampleStride(dense) + feature * featureStride(dense)) * Float.BYTES;
    }

    /** What of the matrix counts the samples, in messages. */
    String samplesName() {
        return this == FEATURE_MAJOR ? "cols" : "rows";
    }

    /** What of the matrix counts the features, in messages. */
    String featuresName() {
        return this == FEATURE_MAJOR ? "rows" : "cols";
    }

    DenseMatrix allocate(SegmentAllocator allocator, int samples, int features) {
        return this == FEATURE_MAJOR
                ? DenseMatrix.allocate(allocator, features, samples)
                : DenseMatrix.allocate(allocator, samples, features);
    }

    /** Copies between dense matrices and panels, with the stride between the rows of the former. */
    PanelCopy copy() {
        return this == FEATURE_MAJOR
                ? FeatureMajorCopy.INSTANCE
                : Providers.active().panelCopy();
    }
}
