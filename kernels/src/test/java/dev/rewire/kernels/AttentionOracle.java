package dev.rewire.kernels;

import java.util.Random;

/** One head of one sequence in double precision: output, gradients, and for each element how far floats may be from it. */
final class AttentionOracle {
    /** Of an addition or multiplication of floats. */
    private static final double U = 0x1p-24;

    /** Of a weight, in u: the exponential, its argument's two roundings, the inverse and the product with it. */
    private static final int WEIGHT_ROUNDINGS = 16;

    /** What {@code e^v} is taken for zero below, of a sum that is at least 1. */
    private static final double LOST = Math.exp(-87);

    final double[][] output;
    final double[][] outputBound;
    final double[][] dq;
    final double[][] dk;
    final double[][] dv;
    final double[][] dqBound;
    final double[][] dkBound;
    final double[][] dvBound;

    private final int length;
    private final int size;
    private final boolean causal;
    private final double[][] q;
    private final double[][] k;
    private final double[][] v;

    /** Of operands by token and feature. */
    AttentionOracle(boolean causal, double[][] q, double[][] k, double[][] v, double[][] dy) {
        length = q.length;
        size = q[0].length;
        this.causal = causal;
        this.q = q;
        this.k = k;
        this.v = v;
        output = new double[length][size];
        outputBound = new double[length][size];
        dq = new double[length][size];
        dk = new double[length][size];
        dv = new double[length][size];
        dqBound = new double[length][size];
        dkBound = new double[length][size];
        dvBound = new double[length][size];
        for (int i = 0; i < length; i++) {
            compute(i, dy[i]);
        }
    }

    private void compute(int i, double[] dy) {
        int keys = causal ? i + 1 : length;
        double scale = 1 / Math.sqrt(size);
        double[] p = weights(i, keys);
        // A score's error counts twice: in its own weight and, for all keys, in the sum.
        double scoreError = 0;
        double spread = 0;
        for (int j = 0; j < keys; j++) {
            scoreError = Math.max(scoreError, scale * (size + 2) * U * absoluteDot(q[i], k[j]));
            spread = Math.max(spread, 2 * scale * absoluteDot(q[i], k[j]));
        }
        double weightError = 4 * scoreError + 2 * (spread + WEIGHT_ROUNDINGS + keys) * U;
        double mean = 0;
        double meanSize = 0;
        for (int j = 0; j < keys; j++) {
            mean += p[j] * dot(v[j], dy);
            meanSize += p[j] * absoluteDot(v[j], dy);
        }
        double sumError = weightError + (keys + 4) * U;
        double gradientError = 2 * weightError + (2 * size + 2 * keys + 2 * length + 16) * U;
        for (int j = 0; j < keys; j++) {
            double weight = p[j];
            double ds = scale * weight * (dot(v[j], dy) - mean);
            double dsSize = scale * (weight + LOST) * (absoluteDot(v[j], dy) + meanSize);
            double dsBound = gradientError * dsSize + LOST * dsSize;
            for (int f = 0; f < size; f++) {
                output[i][f] += weight * v[j][f];
                outputBound[i][f] += (sumError * weight + LOST) * Math.abs(v[j][f]);
                dq[i][f] += ds * k[j][f];
                dqBound[i][f] += dsBound * Math.abs(k[j][f]) + Float.MIN_NORMAL;
                dk[j][f] += ds * q[i][f];
                dkBound[j][f] += dsBound * Math.abs(q[i][f]) + Float.MIN_NORMAL;
                dv[j][f] += weight * dy[f];
                dvBound[j][f] += ((weightError + (length + 4) * U) * weight + LOST) * Math.abs(dy[f]);
            }
        }
    }

    private double[] weights(int i, int keys) {
        double[] p = new double[keys];
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = 0; j < keys; j++) {
            p[j] = dot(q[i], k[j]) / Math.sqrt(size);
            largest = Math.max(largest, p[j]);
        }
        double sum = 0;
        for (int j = 0; j < keys; j++) {
            p[j] = Math.exp(p[j] - largest);
            sum += p[j];
        }
        for (int j = 0; j < keys; j++) {
            p[j] /= sum;
        }
        return p;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int f = 0; f < a.length; f++) {
            sum += a[f] * b[f];
        }
        return sum;
    }

    private static double absoluteDot(double[] a, double[] b) {
        double sum = 0;
        for (int f = 0; f < a.length; f++) {
            sum += Math.abs(a[f] * b[f]);
        }
        return sum;
    }

    /** {@code Σ dy·output}, whose derivatives are the gradients. */
    double loss(double[][] dy) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += dot(output[i], dy[i]);
        }
        return sum;
    }

    /** Numbers that floats hold. */
    static double[][] random(Random random, int length, int size, double scale) {
        double[][] values = new double[length][size];
        for (double[] token : values) {
            for (int f = 0; f < size; f++) {
                token[f] = (float) (scale * random.nextGaussian());
            }
        }
        return values;
    }
}
