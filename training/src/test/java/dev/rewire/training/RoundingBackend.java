package dev.rewire.training;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.NmBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A device of loops: operands and results are rounded to bf16, sums are in double precision. */
public final class RoundingBackend implements NmBackend {
    public static final String NAME = "rounding";

    /** Of bf16, as {@link dev.rewire.kernels.ValueType} has it. */
    static final double ROUNDOFF = 0x1p-8;

    /** Why it is not to be had, for tests of that; null if it is. */
    public static @Nullable String reason;

    /** What was opened and not yet closed. */
    static int open;

    /** Products of either kind that were computed. */
    static int products;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.ofNullable(reason);
    }

    @Override
    public Session open() {
        open++;
        return new Session() {
            private final List<Product> opened = new ArrayList<>();

            @Override
            public Map<String, String> environment() {
                return Map.of("device", "loops");
            }

            @Override
            public Product product(Layer layer) {
                Product product = new LoopProduct(layer);
                opened.add(product);
                return product;
            }

            @Override
            public void close() {
                open--;
            }
        };
    }

    static float rounded(double value) {
        int bits = Float.floatToRawIntBits((float) value);
        return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
    }

    private static final class LoopProduct implements Product {
        private final Layer layer;
        private final float[][] weights;
        private final float[] bias;

        LoopProduct(Layer layer) {
            this.layer = layer;
            SemiStructuredMatrix w = layer.weights();
            weights = new float[w.pattern().rows()][w.pattern().cols()];
            bias = new float[weights.length];
        }

        @Override
        public void load(Workers workers) {
            for (int row = 0; row < weights.length; row++) {
                bias[row] = rounded(layer.bias().get(0, row));
                for (int col = 0; col < weights[row].length; col++) {
                    weights[row][col] = rounded(layer.weights().get(row, col));
                }
            }
        }

        @Override
        public void forward(PanelMatrix x, PanelMatrix y, Workers workers) {
            products++;
            for (int sample = 0; sample < layer.batch(); sample++) {
                for (int row = 0; row < weights.length; row++) {
                    double sum = bias[row];
                    for (int col = 0; col < x.cols(); col++) {
                        sum += (double) weights[row][col] * rounded(x.get(sample, col));
                    }
                    y.set(sample, row, rounded(layer.relu() ? Math.max(0, sum) : sum));
                }
            }
        }

        @Override
        public void backwardInput(PanelMatrix dy, PanelMatrix x, PanelMatrix dx, Workers workers) {
            products++;
            for (int sample = 0; sample < layer.batch(); sample++) {
                for (int col = 0; col < dx.cols(); col++) {
                    double sum = 0;
                    for (int row = 0; row < weights.length; row++) {
                        sum += (double) weights[row][col] * rounded(dy.get(sample, row));
                    }
                    dx.set(sample, col, x.get(sample, col) > 0 ? rounded(sum) : 0);
                }
            }
        }
    }
}
