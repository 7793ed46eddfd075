package dev.rewire.kernels.internal.scalar;

import dev.rewire.kernels.Activation;

/** Activations of one float. The vector kernels do the same operations in the same order, so that the bits are the same. */
@SuppressWarnings("FloatingPointLiteralPrecision") // coefficients as they were published
public final class ScalarActivation {
    /** Below this, e to its power no longer counts beside 1. */
    public static final float LEAST_EXPONENT = -87;

    public static final float LOG2_E = 1.44269504f;
    /** Adding it rounds to a whole number, which the lowest bits then hold. */
    public static final float ROUNDING = 0x1.8p23f;

    public static final float LN2_HIGH = 0.693359375f;
    public static final float LN2_LOW = -2.12194440e-4f;

    /** Of (eʳ − 1 − r)/r², highest power first, for |r| ≤ ln 2 / 2 (Moshier, Cephes). */
    private static final float[] EXP = {
        1.9875691500E-4f, 1.3981999507E-3f, 8.3334519073E-3f, 4.1665795894E-2f, 1.6666665459E-1f, 5.0000001201E-1f
    };

    /** Of erfc(z)·exp(z²)/2 in t = 1/(1 + p·z), highest power first. */
    private static final float[] ERFC = {
        1.061405429f / 2, -1.453152027f / 2, 1.421413741f / 2, -0.284496736f / 2, 0.254829592f / 2
    };

    public static final float ERFC_P = 0.3275911f;
    public static final float SQRT_HALF = 0.70710678f;
    public static final float GELU_SCALE = 1.5957691f; // 2·√(2/π): (1 + tanh(v))/2 is the logistic function of 2v
    public static final float GELU_CUBE = 0.044715f;
    /** Behind it the derivative of {@code GELU_TANH} is 0 or 1, and its factors may overflow. */
    public static final float GELU_END = 16;

    public static final float DENSITY = 0.39894228f; // 1/√(2π)

    private ScalarActivation() {}

    /** A coefficient of eʳ. */
    public static float exp(int i) {
        return EXP[i];
    }

    /** A coefficient of half of erfc. */
    public static float erfc(int i) {
        return ERFC[i];
    }

    static float of(Activation activation, float x) {
        return switch (activation) {
            case NONE -> x;
            case RELU -> Math.max(x, 0);
            case SILU -> x * logistic(x);
            case GELU_TANH -> x * logistic(GELU_SCALE * (x + GELU_CUBE * x * x * x));
            case GELU -> x * normal(x);
        };
    }

    /** The derivative; that of ReLU is 0 at 0. */
    static float derivative(Activation activation, float x) {
        return switch (activation) {
            case NONE -> 1;
            case RELU -> x > 0 ? 1 : 0;
            case SILU -> (x * logistic(-x) + 1) * logistic(x);
            case GELU_TANH -> geluTanhDerivative(Math.clamp(x, -GELU_END, GELU_END));
            case GELU -> {
                float z = Math.abs(x) * SQRT_HALF;
                yield Math.fma(x * expOfNegative(-(z * z)), DENSITY, normal(x));
            }
        };
    }

    private static float geluTanhDerivative(float x) {
        float v = GELU_SCALE * (x + GELU_CUBE * x * x * x);
        float s = logistic(v);
        return s * logistic(-v) * x * ((x * x * (3 * GELU_CUBE) + 1) * GELU_SCALE) + s;
    }

    private static float logistic(float v) {
        float e = expOfNegative(-Math.abs(v));
        float smaller = e / (1 + e);
        return v < 0 ? smaller : 1 / (1 + e);
    }

    /** Φ, from the tail that is the smaller one. */
    private static float normal(float x) {
        float z = Math.abs(x) * SQRT_HALF;
        float t = 1 / Math.fma(ERFC_P, z, 1);
        float p = ERFC[0];
        for (int i = 1; i < ERFC.length; i++) {
            p = Math.fma(p, t, ERFC[i]);
        }
        float tail = p * t * expOfNegative(-(z * z));
        return x < 0 ? tail : 1 - tail;
    }

    /** e to the power of {@code v ≤ 0}; NaN stays. */
    static float expOfNegative(float v) {
        if (v < LEAST_EXPONENT) {
            return 0;
        }
        float shifted = Math.fma(v, LOG2_E, ROUNDING);
        float n = shifted - ROUNDING;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, v));
        float p = EXP[0];
        for (int i = 1; i < EXP.length; i++) {
            p = Math.fma(p, r, EXP[i]);
        }
        float mantissa = Math.fma(p, r * r, r) + 1;
        int exponent = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDING) + 127;
        return mantissa * Float.intBitsToFloat(exponent << 23);
    }
}
