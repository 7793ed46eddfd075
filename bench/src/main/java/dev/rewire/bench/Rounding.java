package dev.rewire.bench;

/**
 * How far arithmetic may be off: of a sum of k products {@code w·x} whose magnitudes add up to M, by
 * {@code (γ_k + 2·operand + operand²)·M + k·2⁻¹⁵⁰}, with {@code γ_k = k·unit / (1 − k·unit)}, the second part being for what underflows; then the sum is
 * rounded to the type of the result. Source: Higham, Accuracy and Stability of Numerical Algorithms, sections 3.1 and 2.2.
 *
 * @param unit largest relative error of an addition or of a product and its addition
 * @param operand largest relative error with which each operand is taken
 * @param result largest relative error of rounding the sum
 * @param least largest absolute error of rounding a sum that is subnormal
 * @param largest number of the result's type
 */
public record Rounding(double unit, double operand, double result, double least, double largest) {
    /** Single precision, in any order, fused or not. */
    public static final Rounding SINGLE = new Rounding(0x1p-24, 0, 0, 0, Float.MAX_VALUE);

    /** Half of the smallest float: what rounding to a subnormal loses, whatever its magnitude. */
    private static final double UNDERFLOW = 0x1p-150;

    /**
     * Tensor cores add several products at once: aligned with the largest, cut off instead of rounded, and normalised afterwards. That is one error of
     * 2⁻²³ for each product and one for each sum of several. Source: Fasi, Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA tensor cores", 2021.
     */
    private static final double TENSOR_CORE_UNIT = 2 * 0x1p-23;

    /**
     * Products of values of 16 bits on tensor cores, which single precision holds exactly, and a result of the same type.
     *
     * @param roundoff of the type
     * @param least half of its smallest number
     * @param largest its largest number
     * @return the arithmetic
     */
    public static Rounding tensorCores(double roundoff, double least, double largest) {
        return new Rounding(TENSOR_CORE_UNIT, 0, roundoff, least, largest);
    }

    /**
     * Tensor cores that take floats: they keep 10 bits behind the point of each (TF32), whether they round or cut off the others.
     *
     * @return the arithmetic
     */
    public static Rounding tf32() {
        return new Rounding(TENSOR_CORE_UNIT, 0x1p-10, 0, 0, Float.MAX_VALUE);
    }

    /**
     * The largest error of a result.
     *
     * @param terms k
     * @param sum exactly
     * @param magnitude M
     * @return at least 0
     */
    public double bound(int terms, double sum, double magnitude) {
        double gamma = terms * unit / (1 - terms * unit);
        double ofSum = (gamma + (2 * operand + operand * operand) * (1 + gamma)) * magnitude + terms * UNDERFLOW;
        return ofSum + result * (Math.abs(sum) + ofSum) + least;
    }
}
