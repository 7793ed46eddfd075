package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.KernelProvider.PanelCopy;
import java.lang.foreign.MemorySegment;

/** Row-major to panels and back, one float at a time. */
public final class ScalarPanelCopy implements PanelCopy {
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
            long in = sourceOffset + (long) feature * Float.BYTES;
            long out = panelOffset + (long) feature * lanes * Float.BYTES;
            for (int sample = 0; sample < lanes; sample++) {
                float value = sample < samples ? source.get(JAVA_FLOAT_UNALIGNED, in + sample * rowStride) : 0;
                panel.set(JAVA_FLOAT_UNALIGNED, out + (long) sample * Float.BYTES, value);
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
        for (int sample = 0; sample < samples; sample++) {
            long in = panelOffset + (long) sample * Float.BYTES;
            long out = targetOffset + sample * rowStride;
            for (int feature = 0; feature < features; feature++) {
                float value = panel.get(JAVA_FLOAT_UNALIGNED, in + (long) feature * lanes * Float.BYTES);
                target.set(JAVA_FLOAT_UNALIGNED, out + (long) feature * Float.BYTES, value);
            }
        }
    }
}
