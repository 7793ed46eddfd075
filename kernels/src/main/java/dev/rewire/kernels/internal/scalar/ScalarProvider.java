package dev.rewire.kernels.internal.scalar;

import dev.rewire.kernels.internal.ChannelKernels;
import dev.rewire.kernels.internal.ElementwiseKernels;
import dev.rewire.kernels.internal.KernelProvider;
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
import dev.rewire.kernels.internal.WindowKernels;
import org.jspecify.annotations.Nullable;

/** Kernels that any JVM runs. */
public final class ScalarProvider implements KernelProvider {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int vectorBits() {
        return Float.SIZE;
    }

    @Override
    public SpmmOperands operands() {
        return new ScalarOperands();
    }

    @Override
    public SpmmKernel spmm(SpmmShape shape) {
        return new ScalarSpmm(shape);
    }

    @Override
    public @Nullable SpmvKernel spmv(SpmmShape shape, int batch, long bytes) {
        return batch == 1 && ScalarSpmv.fits(shape) ? new ScalarSpmv(shape) : null;
    }

    @Override
    public @Nullable ScatterKernel scatter(int blockRows, int blockCols, int batch, long bytes) {
        return batch <= (blockCols == 1 ? 2 : 1) ? new ScalarScatter(blockRows, blockCols) : null;
    }

    @Override
    public SpmmKernel nm(NmShape shape) {
        return new ScalarNm(shape);
    }

    @Override
    public @Nullable NmSpmvKernel nmSpmv(NmShape shape, int batch) {
        return batch == 1 ? new ScalarNmSpmv(shape) : null;
    }

    @Override
    public int fewSamples(int blockElements) {
        return ScalarSddmm.CHAINS - 1;
    }

    @Override
    public SddmmKernel sddmm(SddmmShape shape) {
        return new ScalarSddmm(shape);
    }

    @Override
    public @Nullable SddmmRowsKernel sddmmRows(int lanes, int samples, boolean narrow) {
        return null; // each element reads its features anew
    }

    @Override
    public @Nullable SquareSddmmKernel squareSddmm(int lanes, int samples, boolean accumulate) {
        return null;
    }

    @Override
    public boolean paysOuterSddmm(int blockRows, int blockCols) {
        return false;
    }

    @Override
    public OuterSddmmKernel outerSddmm(int blockRows, int blockCols, long featureBytes) {
        return new ScalarOuterSddmm(blockRows, blockCols, featureBytes);
    }

    @Override
    public PanelCopy panelCopy() {
        return new ScalarPanelCopy();
    }

    @Override
    public ElementwiseKernels elementwise() {
        return new ScalarElementwise();
    }

    @Override
    public SoftmaxKernels softmax() {
        return new ScalarSoftmax();
    }

    @Override
    public MaskKernels masks() {
        return new ScalarMasks();
    }

    @Override
    public PanelKernels panels() {
        return new ScalarPanels();
    }

    @Override
    public ChannelKernels channels() {
        return new ScalarChannels();
    }

    @Override
    public SampleKernels samples() {
        return new ScalarSamples();
    }

    @Override
    public WindowKernels windows() {
        return new ScalarWindows();
    }
}
