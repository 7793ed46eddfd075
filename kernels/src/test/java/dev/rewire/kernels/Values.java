package dev.rewire.kernels;

import java.util.random.RandomGenerator;

/** What the elements of a problem look like. A product's operands are a steady one (weights) and an alternating one. */
enum Values {
    /** Products and sums of these are exact in any order. */
    SMALL_INTEGERS {
        @Override
        float alternating(int row, int col, RandomGenerator random) {
            return random.nextInt(-8, 9);
        }

        @Override
        float steady(RandomGenerator random) {
            return random.nextInt(-8, 9);
        }
    },
    UNIFORM {
        @Override
        float alternating(int row, int col, RandomGenerator random) {
            return random.nextFloat(-1, 1);
        }

        @Override
        float steady(RandomGenerator random) {
            return random.nextFloat(-1, 1);
        }
    },
    /** Products of neighbours have opposite signs and nearly the same size, so that sums are far smaller than their terms. */
    CANCELLING {
        @Override
        float alternating(int row, int col, RandomGenerator random) {
            return ((row + col) % 2 == 0 ? 1 : -1) * steady(random);
        }

        @Override
        float steady(RandomGenerator random) {
            return 1000 + random.nextFloat();
        }
    },
    ZEROS_AND_SUBNORMALS {
        private static final float[] SPECIAL = {
            0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f, -1e-40f, Float.MIN_NORMAL, 1e-20f, -1e-20f, 1f, -1f
        };

        @Override
        float alternating(int row, int col, RandomGenerator random) {
            return steady(random);
        }

        @Override
        float steady(RandomGenerator random) {
            return SPECIAL[random.nextInt(SPECIAL.length)];
        }
    };

    abstract float alternating(int row, int col, RandomGenerator random);

    abstract float steady(RandomGenerator random);

    final Grid alternatingGrid(int rows, int cols, RandomGenerator random) {
        return Grid.of(rows, cols, (row, col) -> alternating(row, col, random));
    }

    final Grid steadyGrid(int rows, int cols, RandomGenerator random) {
        return Grid.of(rows, cols, (row, col) -> steady(random));
    }
}
