package dev.rewire.kernels.internal;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Feature-major to panels and back. The samples of a feature lie next to each other on both sides, so the JDK's own copy will do.
 */
public final class FeatureMajorCopy implements PanelCopy {
    /** The only one, as it has no state. */
    public static final FeatureMajorCopy INSTANCE = new FeatureMajorCopy();

    private FeatureMajorCopy() {}

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
        for (int feature = 0; feature < features; feature++) {
            long to = panelOffset + (long) feature * lanes * Float.BYTES;
            MemorySegment.copy(source, sourceOffset + feature * rowStride, panel, to, (long) samples * Float.BYTES);
            for (int lane = samples; lane < lanes; lane++) {
                panel.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to + (long) lane * Float.BYTES, 0);
            }
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
        for (int feature = 0; feature < features; feature++) {
            long from = panelOffset + (long) feature * lanes * Float.BYTES;
            MemorySegment.copy(panel, from, target, targetOffset + feature * rowStride, (long) samples * Float.BYTES);
        }
    }
}
