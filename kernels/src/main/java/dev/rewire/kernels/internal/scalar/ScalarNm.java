package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;

/** SpMM with N:M weights, one output after the other, as {@link ScalarSpmm}. */
final class ScalarNm implements SpmmKernel {
    private final NmShape shape;
    private final OutputSums sums;

    ScalarNm(NmShape shape) {
        this.shape = shape;
        sums = new OutputSums(shape.lanes(), shape.start(), shape.end());
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands operands) {
        ScalarOperands at = (ScalarOperands) operands;
        int products = shape.rowElements();
        at.samples.clear();
        at.reserve(products);
        for (int group = firstGroup; group < endGroup; group++) {
            collectFeatures(index, group, at);
            for (int row = group * shape.outputs(); row < (group + 1) * shape.outputs(); row++) {
                for (int kept = 0; kept < products; kept++) {
                    at.weights[kept] = shape.type()
                            .get(at.values, at.valuesOffset / shape.type().bytes() + (long) row * products + kept);
                }
                sums.run(row, products, at);
            }
        }
    }

    private void collectFeatures(SpmmIndex index, int group, ScalarOperands at) {
        int keptOfChunk = shape.chunkInputs() / shape.m() * shape.n();
        long first = (long) group * shape.rowElements();
        for (int kept = 0; kept < shape.rowElements(); kept++) {
            int place = index.places().get(JAVA_BYTE, first + kept) & 0xff;
            at.multiplyBy(kept, kept / keptOfChunk * shape.chunkInputs() + place, shape.lanes());
        }
    }
}
