package dev.rewire.kernels.internal;

/** One panel of an SpMM, for a range of output groups. */
public interface SpmmKernel {
    /**
     * Computes the outputs of some groups for the samples of one panel.
     *
     * @param index the pattern
     * @param firstGroup first group
     * @param endGroup group after the last
     * @param operands where everything lies
     */
    void run(SpmmIndex index, int firstGroup, int endGroup, SpmmOperands operands);
}
