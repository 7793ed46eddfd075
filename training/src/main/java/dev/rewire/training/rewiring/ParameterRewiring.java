package dev.rewire.training.rewiring;

import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.GradientScores;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import java.util.BitSet;

/** The rewiring of one parameter, and the record of the places it has tried. */
public abstract sealed class ParameterRewiring permits BlockRewiring, NmRewiring, MaskRefresh {
    private final SparseParameter parameter;
    private final BitSet explored = new BitSet();

    ParameterRewiring(SparseParameter parameter) {
        this.parameter = parameter;
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
            case BlockParameter blocks -> new BlockRewiring(arena, number, blocks, scores, rewiring, seed);
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
