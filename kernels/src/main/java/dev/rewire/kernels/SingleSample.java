package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmvKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The product of one sample after the other, of batches that panels would fill to a sixteenth or little more: inputs are gathered side by side, outputs
 * are summed in scratch, finished and written to where they belong.
 */
final class SingleSample {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

    private final SpmvKernel kernel;
    private final Epilogue epilogue;
    private final int inputs;
    private final MemorySegment gathered;
    private final float[] sample;
    private final MemorySegment[] scratch;

    SingleSample(KernelArena arena, SpmvKernel kernel, Epilogue epilogue, int inputs, int threads) {
        this.kernel = kernel;
        this.epilogue = epilogue;
        this.inputs = inputs;
        // Blocks may reach over the last input, and vectors over blocks: what they find there stays zero.
        gathered = arena.allocate((kernel.inputFloats(inputs) + BlockPattern.MAX_BLOCK) * Float.BYTES);
        sample = new float[inputs + 2 * BlockPattern.MAX_BLOCK];
        scratch = new MemorySegment[threads];
        for (int worker = 0; worker < threads; worker++) {
            scratch[worker] = arena.allocate(kernel.scratchBytes(SpmmSchedule.TASK_OUTPUTS + BlockPattern.MAX_BLOCK));
        }
    }

    /** Copies a sample's features, which lie {@code stride} floats apart from {@code first} on. */
    void gather(MemorySegment x, long first, long stride) {
        if (stride == 1) {
            MemorySegment.copy(x, FLOAT, first * Float.BYTES, sample, 0, inputs);
            MemorySegment.copy(sample, 0, gathered, FLOAT, 0, inputs);
            return;
        }
        for (int i = 0; i < inputs; i++) {
            float input = x.get(FLOAT, (first + i * stride) * Float.BYTES);
            sample[i] = input;
            gathered.set(FLOAT, (long) i * Float.BYTES, input);
        }
    }

    int preparations() {
        return kernel.preparations();
    }

    void prepare(int task, MemorySegment values) {
        kernel.prepare(task, values, sample, gathered);
    }

    /** Computes and writes the outputs of some groups; outputs and mask lie {@code stride} floats apart from {@code first} on. */
    void multiply(
            SpmmIndex index,
            int firstGroup,
            int endGroup,
            int firstOutput,
            int count,
            int worker,
            MemorySegment values,
            MemorySegment bias,
            @Nullable MemorySegment mask,
            MemorySegment y,
            long first,
            long stride) {
        MemorySegment sums = scratch[worker];
        kernel.run(index, firstGroup, endGroup, values, gathered, sample, sums);
        if (stride == 1 && isNone(mask)) {
            MemorySegment.copy(sums, 0, y, (first + firstOutput) * Float.BYTES, (long) count * Float.BYTES);
            return;
        }
        boolean biased = epilogue.bias() != null;
        boolean more = epilogue.isMoreThanKernels();
        boolean relu = epilogue.activation() == Activation.RELU && !more;
        for (int i = 0; i < count; i++) {
            int output = firstOutput + i;
            float sum = sums.get(FLOAT, (long) i * Float.BYTES);
            if (epilogue.accumulate()) {
                sum += y.get(FLOAT, (first + output * stride) * Float.BYTES);
            }
            if (biased) {
                sum += bias.get(FLOAT, (long) output * Float.BYTES);
            }
            if (relu) {
                sum = Math.max(sum, 0);
            } else if (mask != null && !(mask.get(FLOAT, (first + output * stride) * Float.BYTES) > 0)) {
                sum = 0;
            }
            sums.set(FLOAT, (long) i * Float.BYTES, sum);
        }
        if (more) {
            Providers.active().elementwise().activate(sums, 0, count, epilogue.scale(), epilogue.activation());
        }
        for (int i = 0; i < count; i++) {
            y.set(FLOAT, (first + (firstOutput + i) * stride) * Float.BYTES, sums.get(FLOAT, (long) i * Float.BYTES));
        }
    }

    private boolean isNone(@Nullable MemorySegment mask) {
        return mask == null
                && epilogue.bias() == null
                && !epilogue.accumulate()
                && epilogue.activation() == Activation.NONE
                && !epilogue.isMoreThanKernels();
    }
}
