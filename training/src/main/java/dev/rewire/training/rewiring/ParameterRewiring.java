package dev.rewire.training.rewiring;

import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;

/** The rewiring of one parameter, and the record of the places it has tried. */
public abstract sealed class ParameterRewiring permits BlockRewiring, FanInRewiring, NmRewiring, MaskRefresh {
    private final SparseParameter parameter;
    private final BitSet explored;

    ParameterRewiring(SparseParameter parameter) {
        this.parameter = parameter;
        explored = new BitSet(parameter.pattern().cells()); // which would grow to twice of that
    }

    /**
     * Prepares to rewire a parameter.
     *
     * @param arena where scratch comes from
     * @param number the parameter's, from 0
     * @param parameter what is rewired
     * @param scores what growing by gradient asks
     * @param rewiring how
     * @param seed of random choices
     * @return its rewiring
     */
    public static ParameterRewiring of(
            KernelArena arena,
            int number,
            SparseParameter parameter,
            GradientScores scores,
            Rewiring rewiring,
            long seed) {
        return switch (parameter) {
            case BlockParameter blocks ->
                rewiring.grow() instanceof GrowRule.FanIn fanIn
                        ? new FanInRewiring(arena, blocks, scores, rewiring, fanIn)
                        : new BlockRewiring(arena, number, blocks, scores, rewiring, seed);
            case NmParameter nm -> new NmRewiring(arena, number, nm, scores, rewiring, seed);
            case MaskedParameter masked -> new MaskRefresh(masked);
        };
    }

    /**
     * Exchanges what the schedule foresees for a step. Growing by gradient reads what the step's passes left in the layer.
     *
     * @param step number of the step, from 0
     */
    public abstract void apply(long step);

    /** Takes in the gradients that the step's passes left, if they are added up over steps. */
    void observe() {}

    /** {@return what a rule keeps from step to step, for checkpoints} */
    public List<MemorySegment> state() {
        return List.of();
    }

    /** {@return bytes that this takes} */
    public long bytes() {
        return 0;
    }

    /** {@return the number of places, stored or not} */
    public int cells() {
        return parameter.pattern().cells();
    }

    /** {@return all places that ever had weights, as {@link ParameterPattern} numbers them; the record itself} */
    public BitSet explored() {
        return explored;
    }

    /** {@return how many weights lie at places that ever had weights, without padding} */
    public long exploredWeights() {
        return parameter.pattern().weightsAt(explored());
    }
}
