package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.scalar.ScalarActivation;
import java.lang.classfile.Label;

/**
 * A generated softmax, of a vector of lanes down the keys. The keys that all lanes see come first, then fewer than there are lanes that some see, then those that none sees. Of the second
 * the hidden scores become −∞, whose weight is 0, so that no other pass knows of them.
 */
interface SoftmaxTile {
    /** Keys whose largest score is searched for at a time. */
    int CHAINS = 4;

    /** Operations on a key, of all passes. */
    int OPERATIONS = 40;

    /** What the lowest bits of a rounded number count from, less the exponent's bias. */
    int ONE = Float.floatToRawIntBits(ScalarActivation.ROUNDING) - 127;

    /**
     * Replaces scores by weights.
     *
     * @param scores address of the first key's
     * @param stride bytes from key to key
     * @param hidden address of the first key that lane 0 does not see; lane 1 sees one more
     * @param end address behind the last key that a lane sees
     * @param last address behind the last key
     * @param scale of scores
     */
    void run(long scores, long stride, long hidden, long end, long last, float scale);

    /** Writes it. */
    static WatchedTile<SoftmaxTile> generate() {
        return TileCode.define(
                SoftmaxTile.class, "lanes", tile -> tile.run(0, 0, 0, 0, 0, 0), tile -> new Writer(tile).write());
    }

    /** Writes the passes over the keys. */
    final class Writer {
        private final int scores = 1;
        private final int stride = 3;
        private final int hidden = 5;
        private final int end = 7;
        private final int last = 9;
        private final int scale = 11;

        private final TileCode tile;
        private final int key;
        private final int base;
        private final int lastSeen;
        private final int score;
        private final int zero;
        private final int one;
        private final int lowest;
        private final int largest;
        private final int sum;

        private Writer(TileCode tile) {
            this.tile = tile;
            key = tile.newLong();
            base = tile.newLong();
            lastSeen = tile.newLong();
            score = tile.newVector();
            zero = tile.newVector();
            one = tile.newVector();
            lowest = tile.newVector();
            largest = tile.newVector();
            sum = tile.newVector();
        }

        private void write() {
            Label nothing = tile.code.newLabel();
            tile.code.lload(scores).lload(end).lcmp().ifeq(nothing);
            tile.zero(zero);
            tile.broadcast(one, 1);
            tile.broadcast(lowest, Float.NEGATIVE_INFINITY);
            hide();
            findLargest();
            exponentiate();
            divide();
            forKeys(end, last, () -> tile.store(zero, base, 0));
            tile.code.labelBinding(nothing);
        }

        /** For each of them, if any. */
        private void forKeys(int first, int behind, Runnable body) {
            Label none = tile.code.newLabel();
            tile.code.lload(first).lstore(key);
            tile.code.lload(key).lload(behind).lcmp().ifeq(none);
            tile.until(key, behind, () -> {
                tile.maskAddress(key, base);
                body.run();
                advance();
            });
            tile.code.labelBinding(none);
        }

        private void advance() {
            tile.code.lload(key).lload(stride).ladd().lstore(key);
        }

        private void hide() {
            int lane = tile.newVector();
            int seeing = tile.newVector();
            tile.zero(lane);
            tile.addLaneNumbers(lane);
            tile.broadcast(seeing, 1);
            forKeys(hidden, end, () -> {
                tile.load(score, base, 0);
                tile.replaceWhereLess(score, lane, seeing, lowest);
                tile.store(score, base, 0);
                tile.add(seeing, one);
            });
        }

        /** In chains, where the last key stands for those that are missing. A NaN is passed over; its weight shows it, and with the sum all others of the lane. */
        private void findLargest() {
            int[] chains = tile.newVectors(CHAINS);
            Label loop = tile.code.newLabel();
            for (int chain : chains) {
                tile.code.aload(lowest).astore(chain);
            }
            tile.code.lload(end).lload(stride).lsub().lstore(lastSeen);
            tile.code.lload(scores).lstore(key).labelBinding(loop);
            for (int chain : chains) {
                tile.code.lload(key).lstore(base);
                tile.least(base, lastSeen);
                tile.maskAddress(base, base);
                tile.load(score, base, 0);
                tile.replaceWhereLess(chain, chain, score, score);
                advance();
            }
            tile.code.lload(key).lload(end).lcmp().iflt(loop);
            tile.code.aload(chains[0]).astore(largest);
            for (int i = 1; i < CHAINS; i++) {
                tile.replaceWhereLess(largest, largest, chains[i], chains[i]);
            }
        }

        private void exponentiate() {
            int scales = tile.newVector();
            tile.broadcastFloat(scales, scale);
            tile.zero(sum);
            Exponential exponential = new Exponential(tile, one, zero);
            forKeys(scores, end, () -> {
                tile.load(score, base, 0);
                tile.subtract(score, score, largest);
                tile.multiply(score, score, scales);
                exponential.write(score);
                tile.store(score, base, 0);
                tile.add(sum, score);
            });
        }

        private void divide() {
            tile.divide(sum, one, sum);
            forKeys(scores, end, () -> {
                tile.load(score, base, 0);
                tile.multiply(score, score, sum);
                tile.store(score, base, 0);
            });
        }
    }

    /** e to the power of numbers that are not positive, by the operations of {@link ScalarActivation} in the same order. */
    final class Exponential {
        private static final int COEFFICIENTS = 6;

        private final TileCode tile;
        private final int one;
        private final int zero;
        private final int log2e;
        private final int rounding;
        private final int ln2High;
        private final int ln2Low;
        private final int least;
        private final int[] coefficients;
        private final int shifted;
        private final int n;
        private final int r;
        private final int p;
        private final int next;

        private Exponential(TileCode tile, int one, int zero) {
            this.tile = tile;
            this.one = one;
            this.zero = zero;
            log2e = constant(ScalarActivation.LOG2_E);
            rounding = constant(ScalarActivation.ROUNDING);
            ln2High = constant(-ScalarActivation.LN2_HIGH);
            ln2Low = constant(-ScalarActivation.LN2_LOW);
            least = constant(ScalarActivation.LEAST_EXPONENT);
            coefficients = new int[COEFFICIENTS];
            for (int i = 0; i < COEFFICIENTS; i++) {
                coefficients[i] = constant(ScalarActivation.exp(i));
            }
            shifted = tile.newVector();
            n = tile.newVector();
            r = tile.newVector();
            p = tile.newVector();
            next = tile.newVector();
        }

        private int constant(float value) {
            int vector = tile.newVector();
            tile.broadcast(vector, value);
            return vector;
        }

        /** {@code v = e^v}. */
        private void write(int v) {
            copy(rounding, shifted);
            tile.fma(shifted, v, log2e);
            tile.subtract(n, shifted, rounding);
            copy(v, r);
            tile.fma(r, n, ln2High);
            tile.fma(r, n, ln2Low);
            copy(coefficients[0], p);
            for (int i = 1; i < COEFFICIENTS; i++) {
                copy(coefficients[i], next);
                tile.fma(next, p, r);
                copy(next, p);
            }
            tile.multiply(n, r, r);
            copy(r, next);
            tile.fma(next, p, n);
            copy(next, p);
            tile.add(p, one);
            tile.power(shifted, ONE);
            tile.multiply(p, p, shifted);
            tile.replaceWhereLess(p, v, least, zero);
            copy(p, v);
        }

        private void copy(int from, int to) {
            tile.code.aload(from).astore(to);
        }
    }
}
