package dev.rewire.kernels.internal;

import dev.rewire.kernels.ValueType;

/**
 * What an SpMM kernel is specialised for. Outputs are computed in groups, one per row of blocks (forward) or column of blocks (backward to
 * the input, where the transposed matrix is walked over the same values).
 *
 * @param outputs outputs of a group
 * @param steps inputs that one block sums over
 * @param outputStride floats in the block's values from one output to the next
 * @param stepStride floats in the block's values from one input to the next
 * @param blockElements floats of a block
 * @param lanes samples of a panel
 * @param strided whether the strides between features are those of the operands; in panels they are what their samples take
 * @param samples of them, those that are computed at least; what a kernel leaves in the other lanes of the output is its own affair
 * @param consecutive whether the values of a group's blocks lie one after the other
 * @param type how the values are stored
 * @param start what the sums start from
 * @param end what happens to finished sums
 * @param narrow whether inputs of items are read from {@link SpmmIndex#narrowInputs}
 */
public record SpmmShape(
        int outputs,
        int steps,
        int outputStride,
        int stepStride,
        int blockElements,
        int lanes,
        boolean strided,
        int samples,
        boolean consecutive,
        ValueType type,
        Start start,
        End end,
        boolean narrow) {
    /** With inputs of 32 bits. */
    public SpmmShape(
            int outputs,
            int steps,
            int outputStride,
            int stepStride,
            int blockElements,
            int lanes,
            boolean strided,
            int samples,
            boolean consecutive,
            ValueType type,
            Start start,
            End end) {
        this(
                outputs,
                steps,
                outputStride,
                stepStride,
                blockElements,
                lanes,
                strided,
                samples,
                consecutive,
                type,
                start,
                end,
                false);
    }

    /** What a sum starts from. */
    public enum Start {
        ZERO,
        BIAS,
        OUTPUT,
        OUTPUT_AND_BIAS;

        /** Whether the old output is read. */
        public boolean readsOutput() {
            return this == OUTPUT || this == OUTPUT_AND_BIAS;
        }

        /** Whether the bias is read. */
        public boolean readsBias() {
            return this == BIAS || this == OUTPUT_AND_BIAS;
        }
    }

    /** What happens to a finished sum. */
    public enum End {
        STORE,
        RELU,
        /** Zero where the mask, a matrix in the output's layout, is not positive. */
        MASK
    }

    /** The same for groups of another height: the last group of a matrix that the block does not divide. */
    public SpmmShape withOutputs(int count) {
        return new SpmmShape(
                count,
                steps,
                outputStride,
                stepStride,
                blockElements,
                lanes,
                strided,
                samples,
                consecutive,
                type,
                start,
                end,
                narrow);
    }

    /** The same for panels. */
    public SpmmShape inPanels() {
        return new SpmmShape(
                outputs,
                steps,
                outputStride,
                stepStride,
                blockElements,
                lanes,
                false,
                samples,
                consecutive,
                type,
                start,
                end,
                narrow);
    }

    /** The same with inputs of 16 bits. */
    public SpmmShape withNarrowInputs() {
        return new SpmmShape(
                outputs,
                steps,
                outputStride,
                stepStride,
                blockElements,
                lanes,
                strided,
                samples,
                consecutive,
                type,
                start,
                end,
                true);
    }

    /** The same for so many samples of a panel. */
    public SpmmShape withSamples(int count) {
        return new SpmmShape(
                outputs,
                steps,
                outputStride,
                stepStride,
                blockElements,
                lanes,
                strided,
                count,
                consecutive,
                type,
                start,
                end,
                narrow);
    }
}
