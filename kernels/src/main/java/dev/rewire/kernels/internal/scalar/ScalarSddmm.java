package dev.rewire.kernels.internal.scalar;

import static dev.rewire.kernels.internal.scalar.HeapPanel.FIRST;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SddmmKernel;
import dev.rewire.kernels.internal.SddmmShape;
import java.lang.foreign.MemorySegment;

/** SDDMM, panel by panel and one stored element at a time; an element waits in the values for the next panel. */
final class ScalarSddmm implements SddmmKernel {
    /** Sums of one element, so that an addition need not wait for the last. */
    static final int CHAINS = 8;

    private record Panels(HeapPanel gradient, HeapPanel input) {}

    private final SddmmShape shape;
    private final Idle<Panels> idle = new Idle<>(() -> new Panels(new HeapPanel(), new HeapPanel()));

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
            long gradientFeature,
            MemorySegment input,
            long inputStride,
            long inputFeature,
            MemorySegment values,
            MemorySegment scratch) {
        Panels heap = idle.take();
        for (int panel = 0; panel < panels; panel++) {
            heap.gradient.clear();
            heap.input.clear();
            boolean add = shape.accumulate() || panel > 0;
            if (shape.rows() * shape.cols() == 1) {
                long gradientOffset = panel * gradientStride;
                long inputOffset = panel * inputStride;
                for (int block = firstBlock, end = firstBlock; block < endBlock; block = end) {
                    int row = rowStarts[block];
                    while (end < endBlock && rowStarts[end] == row) {
                        end++;
                    }
                    float[] g = heap.gradient.at(row, gradient, gradientOffset, gradientFeature, shape.lanes());
                    elementsOfRow(g, heap.input, colStarts, block, end, input, inputOffset, inputFeature, values, add);
                }
                continue;
            }
            for (int block = firstBlock; block < endBlock; block++) {
                int row = rowStarts[block];
                int col = colStarts[block];
                need(heap.gradient, row, shape.rows(), gradient, panel * gradientStride, gradientFeature);
                need(heap.input, col, shape.cols(), input, panel * inputStride, inputFeature);
                block(heap, row, col, values, (long) block * shape.rows() * shape.cols(), add);
            }
        }
        idle.give(heap);
    }

    /** Single elements, of which each has an input of its own. */
    private void elementsOfRow(
            float[] g,
            HeapPanel inputs,
            int[] cols,
            int first,
            int end,
            MemorySegment input,
            long offset,
            long feature,
            MemorySegment values,
            boolean add) {
        int lanes = shape.lanes();
        for (int block = first; block < end; block++) {
            float[] x = inputs.at(cols[block], input, offset, feature, lanes);
            float sum = shape.samples() < CHAINS ? sumOfFew(g, x, shape.samples()) : sum(g, x, lanes);
            long element = (long) block * Float.BYTES;
            float old = add ? values.get(JAVA_FLOAT_UNALIGNED, element) : 0;
            values.set(JAVA_FLOAT_UNALIGNED, element, old + sum);
        }
    }

    private void need(HeapPanel heap, int first, int count, MemorySegment panel, long offset, long stride) {
        for (int feature = first; feature < first + count; feature++) {
            heap.need(feature, panel, offset, stride, shape.lanes());
        }
    }

    private void block(Panels heap, int row, int col, MemorySegment values, long first, boolean add) {
        long element = first * Float.BYTES;
        for (int i = 0; i < shape.rows(); i++) {
            float[] g = heap.gradient.features()[row + i];
            for (int j = 0; j < shape.cols(); j++) {
                float[] x = heap.input.features()[col + j];
                float sum = shape.samples() < CHAINS ? sumOfFew(g, x, shape.samples()) : sum(g, x, shape.lanes());
                float old = add ? values.get(JAVA_FLOAT_UNALIGNED, element) : 0;
                values.set(JAVA_FLOAT_UNALIGNED, element, old + sum);
                element += Float.BYTES;
            }
        }
    }

    private static float sumOfFew(float[] g, float[] x, int samples) {
        float sum = 0;
        for (int lane = FIRST; lane < FIRST + samples; lane++) {
            sum += g[lane] * x[lane];
        }
        return sum;
    }

    private static float sum(float[] g, float[] x, int lanes) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        float s4 = 0;
        float s5 = 0;
        float s6 = 0;
        float s7 = 0;
        for (int lane = FIRST; lane < FIRST + lanes; lane += CHAINS) {
            s0 += g[lane] * x[lane];
            s1 += g[lane + 1] * x[lane + 1];
            s2 += g[lane + 2] * x[lane + 2];
            s3 += g[lane + 3] * x[lane + 3];
            s4 += g[lane + 4] * x[lane + 4];
            s5 += g[lane + 5] * x[lane + 5];
            s6 += g[lane + 6] * x[lane + 6];
            s7 += g[lane + 7] * x[lane + 7];
        }
        return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    }
}
