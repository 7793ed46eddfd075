package dev.rewire.training.rewiring;

/**
 * How a network is trained. All but dense are settings of one loop: where a rewiring grows, and whether there are any. Static, SET and RigL store
 * blocks or N of every M weights; SR-STE is for N:M.
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
    /** N:M by the sparse-refined straight-through estimator (Zhou et al. 2021): all weights are trained, the largest are computed with. */
    SR_STE
}
