package dev.rewire.training.optimizer;

/** How the learning rate falls over a run. */
public enum RateDecay {
    /** Not at all. */
    CONSTANT,
    /** To a tenth after half of the steps, and to a hundredth after three quarters of them. */
    STEP,
    /** Along half a cosine, to 0 at the end of the run. */
    COSINE
}
