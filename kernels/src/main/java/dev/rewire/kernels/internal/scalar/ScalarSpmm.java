package dev.rewire.kernels.internal.scalar;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;

/** SpMM, one output after the other: its weights and the samples that they are multiplied by are collected, then multiplied. */
final class ScalarSpmm implements SpmmKernel {
    private final SpmmShape shape;
    private final OutputSums sums;
    private final int outputsOfFullGroup;

    ScalarSpmm(SpmmShape shape) {
        this.shape = shape;
        sums = new OutputSums(shape.lanes(), shape.start(), shape.end());
        outputsOfFullGroup = shape.blockElements() / shape.steps();
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands operands) {
        ScalarOperands at = (ScalarOperands) operands;
        at.samples.clear();
        for (int group = firstGroup; group < endGroup; group++) {
            int first = index.offsets()[group];
            int items = index.offsets()[group + 1] - first;
            at.reserve(items * shape.steps());
            collectFeatures(index, first, items, at);
            for (int i = 0; i < shape.outputs(); i++) {
                collectWeights(index, first, items, i, at);
                sums.run(group * outputsOfFullGroup + i, items * shape.steps(), at);
            }
        }
    }

    private void collectFeatures(SpmmIndex index, int first, int items, ScalarOperands at) {
        int product = 0;
        for (int item = first; item < first + items; item++) {
            for (int step = 0; step < shape.steps(); step++) {
                at.multiplyBy(product++, index.input(item) + step, shape.lanes());
            }
        }
    }

    private void collectWeights(SpmmIndex index, int first, int items, int i, ScalarOperands at) {
        int product = 0;
        long start = at.valuesOffset / shape.type().bytes();
        for (int item = first; item < first + items; item++) {
            long block = shape.consecutive() ? item : index.blocks()[item];
            long value = start + block * shape.blockElements() + (long) i * shape.outputStride();
            for (int step = 0; step < shape.steps(); step++) {
                at.weights[product++] = shape.type().get(at.values, value + (long) step * shape.stepStride());
            }
        }
    }
}
