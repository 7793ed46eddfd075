package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import dev.rewire.kernels.internal.scalar.ScalarPanelCopy;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Row-major to panels and back by transposing square tiles; the scalar loops take what is left at the edges. */
final class VectorPanelCopy implements PanelCopy {
    private final Map<Integer, WatchedTile<Transposition>> packing = new ConcurrentHashMap<>();
    private final Map<Integer, WatchedTile<Transposition>> unpacking = new ConcurrentHashMap<>();
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
        if (samples < lanes) {
            rest.pack(source, sourceOffset, rowStride, samples, features, panel, panelOffset, lanes);
            return;
        }
        WatchedTile<Transposition> transposition =
                packing.computeIfAbsent(lanes, count -> Transposition.generate(true, count));
        int tiles = features / RawMemory.LANES;
        for (int sample = 0; sample < lanes; sample += RawMemory.LANES) {
            long to = panel.address() + panelOffset + (long) sample * Float.BYTES;
            Transposition.run(transposition, source, sourceOffset + sample * rowStride, rowStride, to, tiles);
        }
        int done = tiles * RawMemory.LANES;
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
        WatchedTile<Transposition> transposition =
                unpacking.computeIfAbsent(lanes, count -> Transposition.generate(false, count));
        int tiles = features / RawMemory.LANES;
        int whole = samples / RawMemory.LANES * RawMemory.LANES;
        for (int sample = 0; sample < whole; sample += RawMemory.LANES) {
            long from = panel.address() + panelOffset + (long) sample * Float.BYTES;
            Transposition.run(transposition, target, targetOffset + sample * rowStride, rowStride, from, tiles);
        }
        int done = tiles * RawMemory.LANES;
        rest.unpack(
                panel,
                panelOffset + (long) done * lanes * Float.BYTES,
                lanes,
                whole,
                features - done,
                target,
                targetOffset + (long) done * Float.BYTES,
                rowStride);
        rest.unpack(
                panel,
                panelOffset + (long) whole * Float.BYTES,
                lanes,
                samples - whole,
                features,
                target,
                targetOffset + whole * rowStride,
                rowStride);
    }
}
