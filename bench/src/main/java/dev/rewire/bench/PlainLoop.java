package dev.rewire.bench;

import java.util.Arrays;
import java.util.List;

/** What anybody writes in five lines of Java. Each loop is a method of its own, so that the JIT compiles it by itself. */
enum PlainLoop {
    /** {@code Y = X·Wᵀ}, output by output. */
    ROWS(Product.FORWARD, false, false) {
        @Override
        void run(Weights w, float[] x, float[] y, int batch, int inputs, int outputs) {
            multiply(w, x, y, batch, inputs, outputs);
        }
    },
    /** The same with the samples of a feature side by side, of which C2 makes vectors. */
    ROWS_BY_FEATURE(Product.FORWARD, false, true) {
        @Override
        void run(Weights w, float[] x, float[] y, int batch, int inputs, int outputs) {
            multiplyByFeature(w, x, y, batch);
        }
    },
    /** {@code dX = dY·W}, row by row of W: each element adds to an output. */
    SCATTER(Product.BACKWARD_INPUT, false, false) {
        @Override
        void run(Weights w, float[] dy, float[] dx, int batch, int outputs, int inputs) {
            Arrays.fill(dx, 0);
            for (int sample = 0; sample < batch; sample++) {
                for (int row = 0; row < outputs; row++) {
                    float g = dy[sample * outputs + row];
                    for (int i = w.offsets[row]; i < w.offsets[row + 1]; i++) {
                        dx[sample * inputs + w.indices[i]] += w.values[i] * g;
                    }
                }
            }
        }
    },
    /** The same, output by output over the columns of W. */
    COLUMNS(Product.BACKWARD_INPUT, true, false) {
        @Override
        void run(Weights w, float[] dy, float[] dx, int batch, int outputs, int inputs) {
            multiply(w, dy, dx, batch, outputs, inputs);
        }
    },
    /** The same with the samples of a feature side by side. */
    COLUMNS_BY_FEATURE(Product.BACKWARD_INPUT, true, true) {
        @Override
        void run(Weights w, float[] dy, float[] dx, int batch, int outputs, int inputs) {
            multiplyByFeature(w, dy, dx, batch);
        }
    },
    /** {@code dW = pattern ⊙ (dYᵀ·X)}, sample by sample. */
    ELEMENTS(Product.BACKWARD_WEIGHT, false, false) {
        @Override
        void run(Weights w, float[] dy, float[] x, int batch, int outputs, int inputs) {
            Arrays.fill(w.values, 0);
            for (int sample = 0; sample < batch; sample++) {
                for (int row = 0; row < outputs; row++) {
                    float g = dy[sample * outputs + row];
                    for (int i = w.offsets[row]; i < w.offsets[row + 1]; i++) {
                        w.values[i] += g * x[sample * inputs + w.indices[i]];
                    }
                }
            }
        }
    },
    /** The same element by element, with the samples of a feature side by side. */
    ELEMENTS_BY_FEATURE(Product.BACKWARD_WEIGHT, false, true) {
        @Override
        void run(Weights w, float[] dy, float[] x, int batch, int outputs, int inputs) {
            for (int row = 0; row < outputs; row++) {
                for (int i = w.offsets[row]; i < w.offsets[row + 1]; i++) {
                    float sum = 0;
                    for (int sample = 0; sample < batch; sample++) {
                        sum += dy[row * batch + sample] * x[w.indices[i] * batch + sample];
                    }
                    w.values[i] = sum;
                }
            }
        }
    };

    /**
     * W by rows, or by columns.
     *
     * @param offsets for each row the number of its first element, and the count of elements at the end
     * @param indices the column of each element
     * @param values of each element
     */
    @SuppressWarnings("ArrayRecordComponent") // of one contender, who writes the values backward to the weights
    record Weights(int[] offsets, int[] indices, float[] values) {}

    private final Product product;
    private final boolean byColumns;
    private final boolean byFeature;

    PlainLoop(Product product, boolean byColumns, boolean byFeature) {
        this.product = product;
        this.byColumns = byColumns;
        this.byFeature = byFeature;
    }

    static List<PlainLoop> of(Product product) {
        return Arrays.stream(values()).filter(loop -> loop.product == product).toList();
    }

    /** Whether it takes W by columns. */
    boolean byColumns() {
        return byColumns;
    }

    /** Whether the samples of a feature lie side by side in its dense operands; otherwise the features of a sample. */
    boolean byFeature() {
        return byFeature;
    }

    /**
     * Computes the product.
     *
     * @param w weights; backward to the weights their values are the result
     * @param first X or dY
     * @param second Y or dX, or X backward to the weights
     * @param batch samples
     * @param firstWidth features of a sample of the first
     * @param secondWidth features of a sample of the second
     */
    abstract void run(Weights w, float[] first, float[] second, int batch, int firstWidth, int secondWidth);

    private static void multiply(Weights w, float[] x, float[] y, int batch, int inputs, int outputs) {
        for (int sample = 0; sample < batch; sample++) {
            for (int row = 0; row < outputs; row++) {
                float sum = 0;
                for (int i = w.offsets[row]; i < w.offsets[row + 1]; i++) {
                    sum += w.values[i] * x[sample * inputs + w.indices[i]];
                }
                y[sample * outputs + row] = sum;
            }
        }
    }

    private static void multiplyByFeature(Weights w, float[] x, float[] y, int batch) {
        Arrays.fill(y, 0);
        for (int row = 0; row < w.offsets.length - 1; row++) {
            for (int i = w.offsets[row]; i < w.offsets[row + 1]; i++) {
                float weight = w.values[i];
                int from = w.indices[i] * batch;
                int to = row * batch;
                for (int sample = 0; sample < batch; sample++) {
                    y[to + sample] += weight * x[from + sample];
                }
            }
        }
    }
}
