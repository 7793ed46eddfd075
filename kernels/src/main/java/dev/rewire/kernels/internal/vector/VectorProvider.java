package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.ChannelKernels;
import dev.rewire.kernels.internal.ElementwiseKernels;
import dev.rewire.kernels.internal.KernelProvider;
import dev.rewire.kernels.internal.LineKernel;
import dev.rewire.kernels.internal.LineRecord;
import dev.rewire.kernels.internal.MaskKernels;
import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.NmSpmvKernel;
import dev.rewire.kernels.internal.OuterSddmmKernel;
import dev.rewire.kernels.internal.PanelKernels;
import dev.rewire.kernels.internal.SampleKernels;
import dev.rewire.kernels.internal.ScatterKernel;
import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmRowsKernel;
import dev.rewire.kernels.internal.SddmmShape;
import dev.rewire.kernels.internal.SoftmaxKernels;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmvKernel;
import dev.rewire.kernels.internal.SquareSddmmKernel;
import dev.rewire.kernels.internal.VectorScatter;
import dev.rewire.kernels.internal.WholeBlockSddmmKernel;
import dev.rewire.kernels.internal.WindowKernels;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Vector API kernels, generated for the shapes that plans ask for. */
public final class VectorProvider implements KernelProvider {
    /** Samples up to which one after the other is faster than a panel of them, if the values stay in cache meanwhile. */
    private static final int SAMPLES = 5;

    /** The same of N:M weights, wherever they lie: places in panels are picked one by one, in a single sample many at once. */
    private static final int NM_SAMPLES = 7;

    /** Vectors of a block which share the loading and storing of their sums. */
    private static final int LARGE_BLOCK = 4;

    private final ElementwiseKernels elementwise = new VectorElementwise();
    private final SoftmaxKernels softmax = new VectorSoftmax();
    private final MaskKernels masks = new VectorMasks();
    private final PanelCopy panelCopy = new VectorPanelCopy();

    private final PanelKernels panels = new VectorPanels();
    private final ChannelKernels channels = new VectorChannels();
    private final SampleKernels samples = new VectorSamples();
    private final WindowKernels windows = new VectorWindows();

    private VectorProvider() {}

    /**
     * The provider, if this JVM can run it.
     *
     * @throws IllegalArgumentException if the forced or preferred width of vectors does not work here
     * @throws IllegalCallerException if native access is denied
     */
    public static VectorProvider create() {
        VectorWidth.chosen();
        allowed();
        CompilerRequests.begin();
        return new VectorProvider();
    }

    /** Fails here and not in the initialiser of {@link RawMemory}, where the reason would be lost. */
    @SuppressWarnings("restricted")
    private static void allowed() {
        MemorySegment ignored = MemorySegment.NULL.reinterpret(Float.BYTES);
        assert ignored.byteSize() == Float.BYTES;
    }

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public int vectorBits() {
        return RawMemory.SPECIES.vectorBitSize();
    }

    @Override
    public SpmmOperands operands() {
        return new SpmmOperands();
    }

    @Override
    public SpmmKernel spmm(SpmmShape shape) {
        return new VectorSpmm(shape);
    }

    @Override
    public @Nullable SpmvKernel spmv(SpmmShape shape, int batch, long bytes) {
        if (SpmvTileGenerator.fits(shape)) {
            return batch <= samples(bytes) ? new VectorSpmv(shape, 1) : null;
        }
        if (!VectorFacts.fused()) {
            return null; // tiles do without, where Math.fma would compute with big numbers
        }
        if (NarrowVectorSpmv.fits(shape)) {
            return batch <= (shape.blockElements() == 1 ? 1 : 2) ? NarrowVectorSpmv.of(shape) : null;
        }
        if (WholeBlockSpmv.fits(shape)) {
            return batch <= Math.min(samples(bytes), 2 + RawMemory.LANES / 8) ? new WholeBlockSpmv(shape) : null;
        }
        return batch == 1 && NarrowSpmv.fits(shape) ? NarrowSpmv.of(shape) : null;
    }

    @Override
    public @Nullable LineKernel lines(int blockRows, int blockCols, ValueType type, int batch, long bytes) {
        boolean pays = VectorFacts.fused() && batch <= samples(bytes) && VectorLines.fit(blockRows, blockCols);
        return pays && blockRows * blockCols < LineRecord.PLACES ? new VectorLines(blockRows, blockCols, type) : null;
    }

    private static int samples(long bytes) {
        return bytes <= CacheSizes.L2 ? SAMPLES : 1;
    }

    @Override
    public @Nullable ScatterKernel scatter(int blockRows, int blockCols, int batch, long bytes) {
        // Where a block has one column a panel of two samples would wait for values that lie far apart.
        int most = blockCols == 1 ? 2 : 1;
        return VectorFacts.fused() && batch <= most && NarrowScatter.fits(blockRows, blockCols)
                ? new NarrowScatter(blockRows, blockCols)
                : null;
    }

    @Override
    public @Nullable VectorScatter vectorScatter(int blockRows, int blockCols, int batch, long bytes) {
        if (!VectorFacts.fused() || batch > samples(bytes)) {
            return null;
        }
        if (WholeBlockScatter.fits(blockRows, blockCols)) {
            boolean isLarge = blockRows * blockCols >= LARGE_BLOCK * RawMemory.LANES;
            return batch > 1 + RawMemory.LANES / 8 && !isLarge ? null : new WholeBlockScatter(blockRows, blockCols);
        }
        return VectorLines.fit(blockRows, blockCols) ? new LineScatter(blockRows, blockCols) : null;
    }

    @Override
    public SpmmKernel nm(NmShape shape) {
        return new VectorNm(shape);
    }

    @Override
    public @Nullable NmSpmvKernel nmSpmv(NmShape shape, int batch) {
        return batch <= NM_SAMPLES && NmSelectors.fit(shape) ? new VectorNmSpmv(shape) : null;
    }

    @Override
    public int fewSamples(int blockElements) {
        // Of three the order matters in which panels add them; of larger blocks tiles share loads.
        return blockElements == 1 ? 2 : 0;
    }

    @Override
    public SddmmKernel sddmm(SddmmShape shape) {
        return new VectorSddmm(shape);
    }

    @Override
    public @Nullable SddmmRowsKernel sddmmRows(int lanes, int samples, boolean narrow) {
        return SddmmRowGenerator.fits(Span.of(samples)) ? new VectorSddmmRows(lanes, samples, narrow) : null;
    }

    @Override
    public @Nullable SquareSddmmKernel squareSddmm(int lanes, int samples, boolean accumulate) {
        return VectorSquareSddmm.fit(lanes, samples) ? new VectorSquareSddmm(lanes, samples, accumulate) : null;
    }

    @Override
    public boolean paysOuterSddmm(int blockRows, int blockCols) {
        return VectorOuterSddmm.pays(blockRows, blockCols);
    }

    @Override
    public OuterSddmmKernel outerSddmm(int blockRows, int blockCols, long featureBytes) {
        return new VectorOuterSddmm(blockRows, blockCols, featureBytes);
    }

    @Override
    public boolean paysWholeBlockSddmm(int blockRows, int blockCols, int batch) {
        return batch <= wholeBlockSamples()
                && VectorWholeBlockSddmm.fits(blockRows, blockCols)
                && !paysOuterSddmm(blockRows, blockCols);
    }

    @Override
    public WholeBlockSddmmKernel wholeBlockSddmm(int blockRows, int blockCols, int batch) {
        return new VectorWholeBlockSddmm(blockRows, blockCols, batch);
    }

    @Override
    public PanelCopy panelCopy() {
        return panelCopy;
    }

    @Override
    public ElementwiseKernels elementwise() {
        return elementwise;
    }

    @Override
    public SoftmaxKernels softmax() {
        return softmax;
    }

    @Override
    public MaskKernels masks() {
        return masks;
    }

    @Override
    public PanelKernels panels() {
        return panels;
    }

    @Override
    public ChannelKernels channels() {
        return channels;
    }

    @Override
    public SampleKernels samples() {
        return samples;
    }

    @Override
    public WindowKernels windows() {
        return windows;
    }

    /** Samples up to which gradients of blocks that are whole vectors are not computed by panels, whose lanes are added up: longer vectors have more of them. */
    private static int wholeBlockSamples() {
        return 16 + 2 * RawMemory.LANES;
    }
}
