package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmOperands;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * How kernels that run on panels reach the dense operands of an SpMM. A panel of a feature-major matrix is a part of each row, so that they may run on it where
 * it lies, if it lies in a {@link KernelArena}. Otherwise inputs are packed into panels, outputs computed in a tile of some and copied from there. So is in
 * any case a last panel that the samples do not fill, since kernels compute whole vectors.
 */
final class DensePanels {
    /**
     * Panels for each worker from which on a dense input is packed panel by panel, by the worker who multiplies it then: it stays in his
     * cache, where packing all of it first would send it through memory. With fewer panels that do not divide evenly, one would wait.
     */
    private static final int PANELS_PER_WORKER = 4;

    private final Layout layout;
    private final int lanes;
    private final long featureBytes;

    /** One for each worker, or the whole input. */
    private final PanelMatrix[] packed;

    private final boolean byPanel;
    private final MemorySegment[] tiles;

    // Set for the time of a run.
    private @Nullable DenseMatrix x;
    private @Nullable DenseMatrix y;
    private int samples;
    private int panelsOfRun;

    // What the last run did.
    private @Nullable KernelArena inputArena;
    private @Nullable KernelArena outputArena;
    private boolean hasRun;

    DensePanels(KernelArena scratch, Layout layout, int batch, int lanes, int inputs, int threads) {
        this.layout = layout;
        this.lanes = lanes;
        featureBytes = (long) lanes * Float.BYTES;
        int panels = (batch + lanes - 1) / lanes;
        byPanel = panels % threads == 0 || panels >= PANELS_PER_WORKER * threads;
        packed = new PanelMatrix[byPanel ? threads : 1];
        for (int i = 0; i < packed.length; i++) {
            packed[i] = PanelMatrix.allocate(scratch, byPanel ? Math.min(batch, lanes) : batch, inputs, lanes);
        }
        tiles = new MemorySegment[threads];
        for (int worker = 0; worker < threads; worker++) {
            tiles[worker] = scratch.allocate((SpmmSchedule.TASK_OUTPUTS + BlockPattern.MAX_BLOCK) * featureBytes);
        }
    }

    /** Decides what is packed. */
    void begin(DenseMatrix input, DenseMatrix output, SpmmWeights weights) {
        x = input;
        y = output;
        samples = layout.samples(input);
        panelsOfRun = (samples + lanes - 1) / lanes;
        // A worker writes outputs over what another one may not have read yet.
        boolean isReplaced = input.segment().address() == output.segment().address();
        boolean reads = !isReplaced && weights.readsInPlace(input.rowStride() * Float.BYTES);
        inputArena = reads && wholePanels() > 0 ? input.arena() : null;
        outputArena = weights.writesInPlace() && wholePanels() > 0 ? output.arena() : null;
        hasRun = true;
    }

    void end() {
        x = null;
        y = null;
    }

    /** The arena of an input that is read where it lies, to be held for the time of the run. */
    @Nullable
    KernelArena inputArena() {
        return inputArena;
    }

    /** The arena of an output that is written where it lies, to be held for the time of the run. */
    @Nullable
    KernelArena outputArena() {
        return outputArena;
    }

    /** Whether each panel is packed just before it is multiplied; otherwise {@link #packTasks} come first. */
    boolean packsByPanel() {
        return byPanel && inputArena == null;
    }

    /** How many tasks pack what has to be packed, if that is not done panel by panel. */
    int packTasks() {
        int panels = inputArena == null ? panelsOfRun : panelsOfRun - wholePanels();
        return panels * PanelCopying.chunks(packed[0]);
    }

    void pack(int task) {
        PanelCopying.pack(layout, x(), inputArena == null ? 0 : wholePanels(), packed[0], task);
    }

    void packPanel(int panel, int worker) {
        PanelCopying.packPanel(layout, x(), panel, packed[worker]);
    }

    private int wholePanels() {
        return samples / lanes;
    }

    /** Where the input of a panel is found by a worker. */
    void input(SpmmOperands at, int panel, int worker) {
        if (inputArena != null && panel < wholePanels()) {
            at.input = x().segment();
            at.inputOffset = panel * featureBytes;
            at.inputStride = x().rowStride() * Float.BYTES;
            return;
        }
        PanelMatrix from = packed[packsByPanel() ? worker : 0];
        boolean isOfBatch = inputArena == null && !byPanel;
        at.input = from.segment();
        at.inputOffset = isOfBatch ? panel * from.panelStride() * Float.BYTES : 0;
        at.inputStride = featureBytes;
    }

    /** Where a task of a worker writes the outputs of a panel. */
    void output(SpmmOperands at, int panel, int firstOutput, int count, int worker, boolean accumulate) {
        if (isInPlace(panel)) {
            at.output = y().segment();
            at.outputOffset = panel * featureBytes;
            at.outputStride = y().rowStride() * Float.BYTES;
            return;
        }
        at.output = tiles[worker];
        at.outputOffset = -firstOutput * featureBytes;
        at.outputStride = featureBytes;
        if (accumulate) {
            layout.copy()
                    .pack(
                            y().segment(),
                            layout.offset(y(), (long) panel * lanes, firstOutput),
                            y().rowStride() * Float.BYTES,
                            at.count,
                            count,
                            at.output,
                            0,
                            lanes);
        }
    }

    /** Brings finished outputs to where they belong. */
    void finish(SpmmOperands at, int panel, int firstOutput, int count) {
        if (!isInPlace(panel)) {
            layout.copy()
                    .unpack(
                            at.output,
                            0,
                            lanes,
                            at.count,
                            count,
                            y().segment(),
                            layout.offset(y(), (long) panel * lanes, firstOutput),
                            y().rowStride() * Float.BYTES);
        }
    }

    private boolean isInPlace(int panel) {
        return outputArena != null && panel < wholePanels();
    }

    private DenseMatrix x() {
        return of(x);
    }

    private DenseMatrix y() {
        return of(y);
    }

    private static DenseMatrix of(@Nullable DenseMatrix operand) {
        if (operand == null) {
            throw new AssertionError("no run");
        }
        return operand;
    }

    /** What the last run did, for people; empty if there is nothing to tell. */
    String lastRun() {
        return !hasRun || layout != Layout.FEATURE_MAJOR
                ? ""
                : " (read " + (inputArena == null ? "from packed panels" : "in place") + ", written "
                        + (outputArena == null ? "by copying" : "in place") + ")";
    }
}
