package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RandomPatternTest {
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void hasExactlyTheBlocksAskedFor(
            @ForAll @IntRange(max = 100) int rows,
            @ForAll @IntRange(max = 100) int cols,
            @ForAll @IntRange(min = 1, max = 64) int blockRows,
            @ForAll @IntRange(min = 1, max = 64) int blockCols,
            @ForAll @IntRange(max = 100) int percent,
            @ForAll long seed) {
        int cells = Math.ceilDiv(rows, blockRows) * Math.ceilDiv(cols, blockCols);
        int blocks = (int) ((long) cells * percent / 100);
        BlockPattern pattern =
                BlockPattern.random(rows, cols, blockRows, blockCols, blocks, new SplittableRandom(seed));
        assertEquals(blocks, pattern.blocks());
    }

    @Property(tries = 200)
    void passesTheChecksOfAGivenPattern(@ForAll(supplier = Problems.Any.class) Problem problem) {
        BlockPattern pattern = problem.pattern();
        assertEquals(
                pattern,
                BlockPattern.of(
                        problem.rows(),
                        problem.cols(),
                        problem.blockRows(),
                        problem.blockCols(),
                        pattern.rowOffsets(),
                        pattern.colIndices()));
    }

    @Example
    void sameSeedGivesTheSamePattern() {
        assertEquals(draw(100, new SplittableRandom(7)), draw(100, new SplittableRandom(7)));
    }

    @Example
    void otherSeedGivesAnotherPattern() {
        assertNotEquals(draw(100, new SplittableRandom(7)), draw(100, new SplittableRandom(8)));
    }

    @Example
    void everyCellIsEquallyLikelyInASparsePattern() {
        assertUniform(5);
    }

    @Example
    void everyCellIsEquallyLikelyInADensePattern() {
        assertUniform(11);
    }

    /** That a cell is stored says nothing about its neighbour but through the fixed count. */
    @Example
    void everyPairOfCellsIsEquallyLikely() {
        int draws = 40_000;
        RandomGenerator random = new SplittableRandom(3);
        int[] pairs = new int[16 * 16];
        for (int draw = 0; draw < draws; draw++) {
            BlockPattern pattern = BlockPattern.random(4, 4, 1, 1, 5, random);
            for (int a = 0; a < 16; a++) {
                for (int b = 0; b < a; b++) {
                    if (pattern.find(a / 4, a % 4) >= 0 && pattern.find(b / 4, b % 4) >= 0) {
                        pairs[a * 16 + b]++;
                    }
                }
            }
        }
        for (int a = 0; a < 16; a++) {
            for (int b = 0; b < a; b++) {
                assertFrequency(draws, 5 * 4 / (16.0 * 15), pairs[a * 16 + b], "cells " + a + " and " + b);
            }
        }
    }

    @Example
    void refusesANegativeCount() {
        Refusal.ofArgument("blocks: -1 ", () -> draw(-1, new SplittableRandom(1)));
    }

    @Example
    void refusesMoreBlocksThanTheGridHas() {
        Refusal.ofArgument("blocks: 401 ", () -> draw(401, new SplittableRandom(1)));
    }

    private static BlockPattern draw(int blocks, RandomGenerator random) {
        return BlockPattern.random(80, 40, 4, 2, blocks, random);
    }

    private static void assertUniform(int blocks) {
        int draws = 20_000;
        RandomGenerator random = new SplittableRandom(2);
        int[] stored = new int[16];
        for (int draw = 0; draw < draws; draw++) {
            BlockPattern pattern = BlockPattern.random(4, 4, 1, 1, blocks, random);
            for (int cell = 0; cell < 16; cell++) {
                stored[cell] += pattern.find(cell / 4, cell % 4) >= 0 ? 1 : 0;
            }
        }
        for (int cell = 0; cell < 16; cell++) {
            assertFrequency(draws, blocks / 16.0, stored[cell], "cell " + cell);
        }
    }

    /** Within five standard deviations of a binomial count; the seeds are fixed, so this does not flicker. */
    private static void assertFrequency(int draws, double probability, int count, String what) {
        double deviation = Math.sqrt(draws * probability * (1 - probability));
        assertTrue(
                Math.abs(count - draws * probability) < 5 * deviation,
                () -> what + ": " + count + " of " + draws + " draws, expected " + draws * probability);
    }
}
