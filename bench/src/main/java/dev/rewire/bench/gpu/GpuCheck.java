package dev.rewire.bench.gpu;

import dev.rewire.bench.Rounding;
import dev.rewire.gpu.GpuType;
import dev.rewire.kernels.ValueType;
import java.util.SplittableRandom;

/** Compares a sample of what a pair has computed with the sums in double precision. */
final class GpuCheck {
    private static final int ELEMENTS = 64;

    /** What an error counts as where none may be. */
    private static final double BEYOND_ALL_BOUNDS = 1e9;

    private GpuCheck() {}

    /** How the device computes with a type; integers are exact. */
    static Rounding rounding(GpuType type) {
        return switch (type) {
            case F16 -> GpuSpmm.rounding(ValueType.F16);
            case BF16 -> GpuSpmm.rounding(ValueType.BF16);
            case TF32 -> GpuSpmm.rounding(ValueType.F32);
            case I8 -> new Rounding(0, 0, 0, 0, Integer.MAX_VALUE);
        };
    }

    /**
     * The largest error over its bound; a result at most 1 is correct.
     *
     * @param pair whose W, X and Y are compared
     * @param type of them
     * @param data reads them
     * @param seed of the sample
     */
    static double worst(GpuPair pair, GpuType type, GpuData data, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double worst = 0;
        for (int i = 0; i < ELEMENTS; i++) {
            int output = random.nextInt(pair.w().rows());
            int sample = random.nextInt(pair.x().rows());
            double[] w = data.row(pair.w(), output);
            double[] x = data.row(pair.x(), sample);
            double sum = 0;
            double magnitude = 0;
            for (int input = 0; input < w.length; input++) {
                sum += w[input] * x[input];
                magnitude += Math.abs(w[input] * x[input]);
            }
            double error = Math.abs(data.element(pair.y(), sample, output) - sum);
            double ratio = error == 0 ? 0 : error / rounding(type).bound(w.length, sum, magnitude);
            // Written so that a NaN counts as the worst.
            if (!(ratio <= worst)) {
                worst = ratio <= BEYOND_ALL_BOUNDS ? ratio : BEYOND_ALL_BOUNDS;
            }
        }
        return worst;
    }
}
