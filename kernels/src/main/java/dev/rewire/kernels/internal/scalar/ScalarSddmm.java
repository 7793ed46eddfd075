package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmShape;
import java.lang.foreign.MemorySegment;

/** SDDMM, one stored element at a time. */
final class ScalarSddmm implements SddmmKernel {
    private final SddmmShape shape;

    ScalarSddmm(SddmmShape shape) {
        this.shape = shape;
    }

    @Override
    public long scratchBytes() {
        return 0;
    }

    @Override
    public void run(
            int[] rowStarts,
            int[] colStarts,
            int firstBlock,
            int endBlock,
            int panels,
            MemorySegment gradient,
            long gradientStride,
            MemorySegment input,
            long inputStride,
            MemorySegment values,
            MemorySegment scratch) {
        long element = (long) firstBlock * shape.rows() * shape.cols() * Float.BYTES;
        long featureBytes = (long) shape.lanes() * Float.BYTES;
        for (int block = firstBlock; block < endBlock; block++) {
            for (int i = 0; i < shape.rows(); i++) {
                for (int j = 0; j < shape.cols(); j++) {
                    float sum = shape.accumulate() ? values.get(JAVA_FLOAT_UNALIGNED, element) : 0;
                    for (int panel = 0; panel < panels; panel++) {
                        long g = panel * gradientStride + (rowStarts[block] + i) * featureBytes;
                        long x = panel * inputStride + (colStarts[block] + j) * featureBytes;
                        for (long lane = 0; lane < featureBytes; lane += Float.BYTES) {
                            sum += gradient.get(JAVA_FLOAT_UNALIGNED, g + lane)
                                    * input.get(JAVA_FLOAT_UNALIGNED, x + lane);
                        }
                    }
                    values.set(JAVA_FLOAT_UNALIGNED, element, sum);
                    element += Float.BYTES;
                }
            }
        }
    }
}
