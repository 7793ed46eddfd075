package dev.rewire.kernels.internal.vector.ceiling;

import dev.rewire.kernels.internal.vector.TileCode;

/** Multiply-adds of sums that do not wait for each other, and nothing else: no load, no store. */
public interface FmaLoop {
    /**
     * Two units with a latency of 4 or 5 cycles want 10 sums, and two registers hold the factors: 14 of 16. ARM's larger cores have four
     * units and 32 registers.
     */
    int SUMS = "aarch64".equals(System.getProperty("os.arch")) ? 24 : 12;

    /** Multiply-adds of a turn: three for each sum, as with one the jump back costs Zen 4 a tenth of the rate; twice the code is too long for C1. */
    static int vectors(boolean fused) {
        return steps(fused) * SUMS;
    }

    private static int steps(boolean fused) {
        return fused ? 3 : 1;
    }

    /**
     * Runs. The sums start at 0, 1, 2 … Fused, they grow by 1/2 · 2, over and over: they count exactly up to 2²⁴, and stay there. Not fused,
     * where such a product would be computed but once, each becomes its half plus 2, and goes to 4.
     *
     * @param turns at least 1
     * @param result address that receives a vector, the sum of the sums
     */
    void run(long turns, long result);

    /**
     * Writes the loop.
     *
     * @param bits of a vector
     * @param fused whether a multiply-add is one operation, or a multiplication and an addition
     */
    static FmaLoop generate(int bits, boolean fused) {
        return TileCode.define(FmaLoop.class, bits, tile -> {
            int turns = 1;
            int result = 3;
            int turn = tile.newLong();
            int half = tile.newVector();
            int two = tile.newVector();
            int[] sums = tile.newVectors(SUMS);
            tile.broadcast(half, 0.5f);
            tile.broadcast(two, 2);
            for (int i = 0; i < sums.length; i++) {
                // Not all the same, or C2 would compute the first turn once for all.
                tile.broadcast(sums[i], i);
            }
            tile.code.lconst_0().lstore(turn);
            tile.code.lload(turns).lload(turns).ladd().lstore(turns);
            tile.until(turn, turns, () -> {
                for (int step = 0; step < steps(fused); step++) {
                    for (int sum : sums) {
                        if (fused) {
                            tile.fma(sum, half, two);
                        } else {
                            tile.multiply(sum, sum, half);
                            tile.add(sum, two);
                        }
                    }
                }
                // By twos: steps of 1 are counted by C2, which unrolls the loop until sums are spilled.
                tile.advance(turn, 2);
            });
            for (int i = 1; i < sums.length; i++) {
                tile.add(sums[0], sums[i]);
            }
            tile.maskAddress(result, result);
            tile.store(sums[0], result, 0);
        });
    }
}
