package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import dev.rewire.kernels.internal.scalar.ScalarPanelCopy;
import java.lang.foreign.MemorySegment;

/** Row-major to panels and back by transposing square tiles; the scalar loops take what is left at the edges. */
final class VectorPanelCopy implements PanelCopy {
    private final Transposition transposition = Transposition.generate();
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
        long tile = (long) RawMemory.LANES * Float.BYTES;
        long featureBytes = (long) lanes * Float.BYTES;
        int tiles = features / RawMemory.LANES;
        for (int sample = 0; sample < lanes; sample += RawMemory.LANES) {
            transposition.run(
                    source,
                    sourceOffset + sample * rowStride,
                    rowStride,
                    tile,
                    panel,
                    panelOffset + (long) sample * Float.BYTES,
                    featureBytes,
                    RawMemory.LANES * featureBytes,
                    tiles);
        }
        int done = tiles * RawMemory.LANES;
        rest.pack(
                source,
                sourceOffset + (long) done * Float.BYTES,
                rowStride,
                samples,
                features - done,
                panel,
                panelOffset + done * featureBytes,
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
        long tile = (long) RawMemory.LANES * Float.BYTES;
        long featureBytes = (long) lanes * Float.BYTES;
        int tiles = features / RawMemory.LANES;
        int whole = samples / RawMemory.LANES * RawMemory.LANES;
        for (int sample = 0; sample < whole; sample += RawMemory.LANES) {
            transposition.run(
                    panel,
                    panelOffset + (long) sample * Float.BYTES,
                    featureBytes,
                    RawMemory.LANES * featureBytes,
                    target,
                    targetOffset + sample * rowStride,
                    rowStride,
                    tile,
                    tiles);
        }
        int done = tiles * RawMemory.LANES;
        rest.unpack(
                panel,
                panelOffset + done * featureBytes,
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
