package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import dev.rewire.kernels.internal.scalar.ScalarPanelCopy;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Row-major to panels and back by transposing square tiles; the scalar loops take what is left at the edges. */
final class VectorPanelCopy implements PanelCopy {
    /** Added to the lanes, which are multiples of 16: a number so small is boxed without garbage. */
    private static final int TO_PANEL = 1;

    private static final int PARTIAL = 2;

    private final Map<Integer, WatchedTile<Transposition>> transpositions = new ConcurrentHashMap<>();
    private final ScalarPanelCopy rest = new ScalarPanelCopy();

    @Override
    public void pack(
            MemorySegment source,
            long sourceOffset,
            long rowStride,
            int samples,
            int features,
            MemorySegment panel,
            long panelOffset,
            int lanes) {
        int done = features / RawMemory.LANES * RawMemory.LANES;
        transpose(true, source, sourceOffset, rowStride, samples, done, panel, panelOffset, lanes);
        int empty = (samples + RawMemory.LANES - 1) / RawMemory.LANES * RawMemory.LANES;
        for (int feature = 0; feature < done && empty < lanes; feature++) {
            zero(panel, panelOffset + (long) feature * lanes * Float.BYTES, empty, lanes);
        }
        rest.pack(
                source,
                sourceOffset + (long) done * Float.BYTES,
                rowStride,
                samples,
                features - done,
                panel,
                panelOffset + (long) done * lanes * Float.BYTES,
                lanes);
    }

    private static void zero(MemorySegment panel, long offset, int from, int to) {
        for (int lane = from; lane < to; lane += Long.BYTES / Float.BYTES) {
            panel.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + (long) lane * Float.BYTES, 0);
        }
    }

    @Override
    public void unpack(
            MemorySegment panel,
            long panelOffset,
            int lanes,
            int samples,
            int features,
            MemorySegment target,
            long targetOffset,
            long rowStride) {
        int done = features / RawMemory.LANES * RawMemory.LANES;
        transpose(false, target, targetOffset, rowStride, samples, done, panel, panelOffset, lanes);
        rest.unpack(
                panel,
                panelOffset + (long) done * lanes * Float.BYTES,
                lanes,
                samples,
                features - done,
                target,
                targetOffset + (long) done * Float.BYTES,
                rowStride);
    }

    private void transpose(
            boolean toPanel,
            MemorySegment dense,
            long denseOffset,
            long rowStride,
            int samples,
            int features,
            MemorySegment panel,
            long panelOffset,
            int lanes) {
        for (int sample = 0; sample < samples && features > 0; sample += RawMemory.LANES) {
            int rows = Math.min(RawMemory.LANES, samples - sample);
            int kind = lanes + (toPanel ? TO_PANEL : 0) + (rows < RawMemory.LANES ? PARTIAL : 0);
            Transposition.run(
                    transpositions.computeIfAbsent(kind, VectorPanelCopy::generate),
                    dense,
                    denseOffset + sample * rowStride,
                    rowStride,
                    panel.address() + panelOffset + (long) sample * Float.BYTES,
                    features / RawMemory.LANES,
                    rows);
        }
    }

    private static WatchedTile<Transposition> generate(int kind) {
        int lanes = kind & ~(TO_PANEL | PARTIAL);
        return Transposition.generate((kind & TO_PANEL) != 0, lanes, (kind & PARTIAL) != 0);
    }
}
