package dev.rewire.kernels;

import dev.rewire.kernels.internal.SpmmKernel;
import java.util.function.IntFunction;

/** The last panel of a batch may have few samples. It has a kernel of its own, which leaves out the lanes behind them. */
final class LastPanel {
    private LastPanel() {}

    /**
     * The kernel for all panels of a plan.
     *
     * @param setup of the product
     * @param ofSamples makes a kernel for so many samples of a panel
     */
    static SpmmKernel kernel(SpmmSetup setup, IntFunction<SpmmKernel> ofSamples) {
        int lanes = setup.lanes();
        int samples = setup.batch() % lanes;
        SpmmKernel last = ofSamples.apply(samples == 0 ? Math.min(setup.batch(), lanes) : samples);
        if (samples == 0 || setup.batch() < lanes) {
            return last;
        }
        SpmmKernel whole = ofSamples.apply(lanes);
        return (index, firstGroup, endGroup, at) ->
                (at.count <= samples ? last : whole).run(index, firstGroup, endGroup, at);
    }
}
