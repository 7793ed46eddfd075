package dev.rewire.training.rewiring;

import dev.rewire.training.rewiring.DropSchedule.Annealing;

/**
 * How a network is trained. All but dense are settings of one loop: what a rewiring drops, where it grows, and whether there are any. Static, SET and RigL store
 * blocks or N of every M weights, the others of {@link Rules} blocks; SR-STE is for N:M.
 */
public enum Method {
    /** Every weight is stored and trained. */
    DENSE,
    /** Sparse on random places that stay. */
    STATIC,
    /** Sparse evolutionary training (Mocanu et al. 2018): drops the smallest weights, grows at random. */
    SET,
    /** The rigged lottery (Evci et al. 2020): drops the smallest weights, grows where the dense gradient is largest. */
    RIGL,
    /** Sparse momentum (Dettmers and Zettlemoyer 2019): grows where the momentum is largest, in layers that have more of it: {@link GrowRule.Momentum}. */
    SNFS,
    /** Structured RigL (Lasby et al. 2024): all outputs have as many connections, or none: {@link GrowRule.FanIn}. */
    SRIGL,
    /** Guided stochastic exploration (Heddes et al. 2024): grows where the gradient is largest of places that are drawn: {@link GrowRule.Sampled}. */
    GSE,
    /** Cannistraci-Hebb training (Zhang et al. 2025): drops by chance, grows by the links that there are: {@link DropRule#SOFT}, {@link GrowRule#TOPOLOGY}. */
    CHTS,
    /** DynSparse (Dietrich et al., "Towards structured dynamic sparse pre-training of BERT", 2021): SET with blocks of 16×16. */
    DYNSPARSE,
    /** N:M by the sparse-refined straight-through estimator (Zhou et al. 2021): all weights are trained, the largest are computed with. */
    SR_STE;

    /**
     * Settings of a method that are those of its source, where a run does not say others. Where the source rewires once an epoch (SNFS, CHTs), ΔT is an epoch of MNIST at a batch of 128, about 500 steps; DynSparse rewires its
     * BERT 160 times, and ΔT here is RigL's.
     *
     * @param alpha α, the share of blocks that the first rewiring exchanges
     * @param deltaT ΔT, steps from one rewiring to the next
     * @param annealing how the share falls
     * @param until T<sub>end</sub> as a share of all steps
     * @param block sides of a block
     */
    public record Usual(double alpha, int deltaT, Annealing annealing, double until, int block) {}

    /** {@return the settings of its source; those of RigL where it rewires nothing} */
    public Usual usual() {
        return switch (this) {
            case SNFS -> new Usual(0.5, 500, Annealing.COSINE, 1, 1);
            case GSE -> new Usual(0.2, 1000, Annealing.COSINE, 0.6, 1);
            case CHTS -> new Usual(0.3, 500, Annealing.CONSTANT, 1, 1);
            case DYNSPARSE -> new Usual(0.5, 100, Annealing.COSINE, 1, 16);
            case DENSE, STATIC, SET, RIGL, SRIGL, SR_STE -> new Usual(0.3, 100, Annealing.COSINE, 0.75, 1);
        };
    }

    /** {@return whether connections that are stored sparsely are exchanged} */
    public boolean rewires() {
        return this != DENSE && this != STATIC && this != SR_STE;
    }
}
