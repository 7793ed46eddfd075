package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;

/** SpMM, one output of one sample at a time. */
final class ScalarSpmm implements SpmmKernel {
    private final SpmmShape shape;
    private final int outputsOfFullGroup;

    ScalarSpmm(SpmmShape shape) {
        this.shape = shape;
        this.outputsOfFullGroup = shape.blockElements() / shape.steps();
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands operands) {
        for (int group = firstGroup; group < endGroup; group++) {
            for (int i = 0; i < shape.outputs(); i++) {
                for (int lane = 0; lane < shape.lanes(); lane++) {
                    output(index, group, i, lane, operands);
                }
            }
        }
    }

    private void output(SpmmIndex index, int group, int i, int lane, SpmmOperands at) {
        long feature = (long) group * outputsOfFullGroup + i;
        long element = (feature * shape.lanes() + lane) * Float.BYTES;
        float sum = 0;
        if (shape.start().readsOutput()) {
            sum = at.output.get(JAVA_FLOAT_UNALIGNED, at.outputOffset + element);
        }
        if (shape.start().readsBias()) {
            sum += at.bias.get(JAVA_FLOAT_UNALIGNED, feature * Float.BYTES);
        }
        for (int item = index.offsets()[group]; item < index.offsets()[group + 1]; item++) {
            sum = block(sum, index, item, i, lane, at);
        }
        if (shape.end() == End.RELU) {
            sum = Math.max(sum, 0);
        } else if (shape.end() == End.MASK && !(at.mask.get(JAVA_FLOAT_UNALIGNED, at.maskOffset + element) > 0)) {
            sum = 0;
        }
        at.output.set(JAVA_FLOAT_UNALIGNED, at.outputOffset + element, sum);
    }

    private float block(float sum, SpmmIndex index, int item, int i, int lane, SpmmOperands at) {
        long number = shape.consecutive() ? item : index.blocks()[item];
        long value = number * shape.blockElements() + (long) i * shape.outputStride();
        long input = (long) index.inputs()[item] * shape.lanes() + lane;
        for (int step = 0; step < shape.steps(); step++) {
            float w = shape.type().get(at.values, value + (long) step * shape.stepStride());
            float x = at.input.get(
                    JAVA_FLOAT_UNALIGNED, at.inputOffset + (input + (long) step * shape.lanes()) * Float.BYTES);
            sum += w * x;
        }
        return sum;
    }
}
