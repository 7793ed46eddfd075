package dev.rewire.kernels.internal.scalar;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.rewire.kernels.internal.NmShape;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape.End;
import java.lang.foreign.MemorySegment;

/** SpMM with N:M weights, one output of one sample at a time. */
final class ScalarNm implements SpmmKernel {
    private final NmShape shape;

    ScalarNm(NmShape shape) {
        this.shape = shape;
    }

    @Override
    public void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands operands) {
        for (int row = firstGroup * shape.outputs(); row < endGroup * shape.outputs(); row++) {
            for (int lane = 0; lane < shape.lanes(); lane++) {
                output(index.places(), row, lane, operands);
            }
        }
    }

    private void output(MemorySegment places, int row, int lane, SpmmOperands at) {
        long element = ((long) row * shape.lanes() + lane) * Float.BYTES;
        float sum = 0;
        if (shape.start().readsOutput()) {
            sum = at.output.get(JAVA_FLOAT_UNALIGNED, at.outputOffset + element);
        }
        if (shape.start().readsBias()) {
            sum += at.bias.get(JAVA_FLOAT_UNALIGNED, (long) row * Float.BYTES);
        }
        int keptOfChunk = shape.chunkInputs() / shape.m() * shape.n();
        for (int kept = 0; kept < shape.rowElements(); kept++) {
            int chunk = kept / keptOfChunk;
            int place = places.get(JAVA_BYTE, (long) row / shape.outputs() * shape.rowElements() + kept) & 0xff;
            long input = (long) chunk * shape.chunkInputs() + place;
            float w = shape.type().get(at.values, (long) row * shape.rowElements() + kept);
            float x = at.input.get(JAVA_FLOAT_UNALIGNED, at.inputOffset + (input * shape.lanes() + lane) * Float.BYTES);
            sum += w * x;
        }
        if (shape.end() == End.RELU) {
            sum = Math.max(sum, 0);
        } else if (shape.end() == End.MASK && !(at.mask.get(JAVA_FLOAT_UNALIGNED, at.maskOffset + element) > 0)) {
            sum = 0;
        }
        at.output.set(JAVA_FLOAT_UNALIGNED, at.outputOffset + element, sum);
    }
}
