package dev.rewire.kernels.internal.vector;

import static dev.rewire.kernels.internal.SoftmaxKernels.CHAINS;

import java.lang.classfile.Label;

/** A generated gradient of softmax, of a vector of lanes down the keys. */
interface SoftmaxGradientTile {
    /** Operations on a key, of all passes. */
    int OPERATIONS = 10;

    /**
     * Replaces the gradients of weights by those of scores.
     *
     * @param weights address of the first key's
     * @param gradients address of the first key's
     * @param stride bytes from key to key
     * @param end address behind the last weight that a lane sees
     * @param last address behind the last weight
     * @param scale of scores
     */
    void run(long weights, long gradients, long stride, long end, long last, float scale);

    /** Writes it. */
    static WatchedTile<SoftmaxGradientTile> generate() {
        return TileCode.define(
                SoftmaxGradientTile.class,
                "lanes",
                tile -> tile.run(0, 0, 0, 0, 0, 0),
                tile -> new Writer(tile).write());
    }

    /** Writes the passes over the keys. */
    final class Writer {
        private final int weights = 1;
        private final int gradients = 3;
        private final int stride = 5;
        private final int end = 7;
        private final int last = 9;
        private final int scale = 11;

        private final TileCode tile;
        private final int key;
        private final int gradientKey;
        private final int base;
        private final int gradientBase;
        private final int weight;
        private final int gradient;
        private final int zero;
        private final int[] sums;

        private Writer(TileCode tile) {
            this.tile = tile;
            key = tile.newLong();
            gradientKey = tile.newLong();
            base = tile.newLong();
            gradientBase = tile.newLong();
            weight = tile.newVector();
            gradient = tile.newVector();
            zero = tile.newVector();
            sums = tile.newVectors(CHAINS);
        }

        private void write() {
            Label nothing = tile.code.newLabel();
            tile.code.lload(weights).lload(end).lcmp().ifeq(nothing);
            sum();
            differences();
            clear();
            tile.code.labelBinding(nothing);
        }

        private void begin() {
            tile.code.lload(weights).lstore(key).lload(gradients).lstore(gradientKey);
        }

        private void load() {
            tile.maskAddress(key, base);
            tile.maskAddress(gradientKey, gradientBase);
            tile.load(weight, base, 0);
            tile.load(gradient, gradientBase, 0);
        }

        private void advance() {
            tile.code.lload(key).lload(stride).ladd().lstore(key);
            tile.code.lload(gradientKey).lload(stride).ladd().lstore(gradientKey);
        }

        /** Keys by the number of chains at a time, then each that is left in its own. */
        private void sum() {
            int endOfTurns = tile.newLong();
            Label rest = tile.code.newLabel();
            Label done = tile.code.newLabel();
            for (int chain : sums) {
                tile.zero(chain);
            }
            begin();
            int turn = tile.newLong();
            tile.code.lload(stride).loadConstant((long) CHAINS).lmul().lstore(turn);
            tile.code
                    .lload(end)
                    .lload(weights)
                    .lsub()
                    .lload(turn)
                    .ldiv()
                    .lload(turn)
                    .lmul();
            tile.code.lload(weights).ladd().lstore(endOfTurns);
            tile.code.lload(key).lload(endOfTurns).lcmp().ifeq(rest);
            tile.until(key, endOfTurns, () -> {
                for (int chain : sums) {
                    addProduct(chain);
                }
            });
            tile.code.labelBinding(rest);
            for (int i = 0; i < CHAINS - 1; i++) {
                tile.code.lload(key).lload(end).lcmp().ifeq(done);
                addProduct(sums[i]);
            }
            tile.code.labelBinding(done);
            for (int step = 1; step < CHAINS; step *= 2) {
                for (int i = 0; i < CHAINS; i += 2 * step) {
                    tile.add(sums[i], sums[i + step]);
                }
            }
        }

        private void addProduct(int chain) {
            load();
            tile.multiply(weight, weight, gradient);
            tile.add(chain, weight);
            advance();
        }

        private void differences() {
            int scales = tile.newVector();
            tile.broadcastFloat(scales, scale);
            tile.zero(zero);
            begin();
            tile.until(key, end, () -> {
                load();
                tile.subtract(gradient, gradient, sums[0]);
                tile.multiply(gradient, weight, gradient);
                tile.multiply(gradient, gradient, scales);
                tile.add(gradient, zero); // −0, of a hidden key, becomes 0
                tile.store(gradient, gradientBase, 0);
                advance();
            });
        }

        /** Gradients go on where the last pass ended. */
        private void clear() {
            Label none = tile.code.newLabel();
            tile.code.lload(key).lload(last).lcmp().ifeq(none);
            tile.until(key, last, () -> {
                tile.maskAddress(gradientKey, gradientBase);
                tile.store(zero, gradientBase, 0);
                advance();
            });
            tile.code.labelBinding(none);
        }
    }
}
