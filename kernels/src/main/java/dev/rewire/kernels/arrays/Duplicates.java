package dev.rewire.kernels.arrays;

/** What becomes of a place that is given more than once. */
public enum Duplicates {
    /** It is an error. */
    REFUSED,
    /** Its values are added in 32-bit floats, in the order in which they are given: what coordinates of finite elements mean, and SciPy. */
    SUMMED
}
