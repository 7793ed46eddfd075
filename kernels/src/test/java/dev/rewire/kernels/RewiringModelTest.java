package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.ActionChain;
import net.jqwik.api.state.Transformer;

/** Any sequence of rewirings and of writes to values, against a sorted map from cell to block. */
class RewiringModelTest {
    private static final int GRID_ROWS = 4;
    private static final int GRID_COLS = 5;
    private static final int BLOCK_ROWS = 2;
    private static final int BLOCK_COLS = 3;
    private static final int BLOCK = BLOCK_ROWS * BLOCK_COLS;
    private static final int CAPACITY = 12;

    @Property(tries = 150)
    void matrixHoldsWhatTheMapHolds(@ForAll("chains") ActionChain<Model> chain) {
        chain.withInvariant(Model::assertMatrixHoldsTheMap).run().close();
    }

    @Provide
    Arbitrary<ActionChain<Model>> chains() {
        return ActionChain.startWith(Model::new)
                .withAction(3, new Rewire())
                .withAction(2, new Write())
                .withAction(1, new RewireBeyondCapacity())
                .withMaxTransformations(20);
    }

    private static final class Rewire implements Action.Independent<Model> {
        @Override
        public Arbitrary<Transformer<Model>> transformer() {
            return cells(0, CAPACITY).map(cells -> Transformer.mutate("rewire to " + cells, m -> m.rewire(cells)));
        }
    }

    private static final class RewireBeyondCapacity implements Action.Independent<Model> {
        @Override
        public Arbitrary<Transformer<Model>> transformer() {
            return cells(CAPACITY + 1, GRID_ROWS * GRID_COLS)
                    .map(cells -> Transformer.mutate("refuse " + cells, m -> m.refuse(cells)));
        }
    }

    private static final class Write implements Action.Independent<Model> {
        @Override
        public Arbitrary<Transformer<Model>> transformer() {
            return Arbitraries.integers().map(seed -> Transformer.mutate("write from " + seed, m -> m.write(seed)));
        }
    }

    private static Arbitrary<Set<Integer>> cells(int least, int most) {
        return Arbitraries.integers()
                .between(0, GRID_ROWS * GRID_COLS - 1)
                .set()
                .ofMinSize(least)
                .ofMaxSize(most);
    }

    static final class Model implements AutoCloseable {
        private final KernelArena arena = KernelArena.open();
        private final TreeMap<Integer, float[]> blocks = new TreeMap<>();
        private final BlockSparseMatrix matrix;

        Model() {
            for (int cell = 0; cell < CAPACITY; cell++) {
                blocks.put(cell, new float[BLOCK]);
            }
            matrix = BlockSparseMatrix.allocate(arena, pattern(blocks.keySet()));
        }

        void rewire(Set<Integer> cells) {
            matrix.rewire(pattern(cells));
            blocks.keySet().retainAll(cells);
            cells.forEach(cell -> blocks.putIfAbsent(cell, new float[BLOCK]));
        }

        void refuse(Set<Integer> cells) {
            Refusal.ofArgument("next.blocks: " + cells.size() + " ", () -> matrix.rewire(pattern(cells)));
        }

        void write(int seed) {
            int element = 0;
            for (float[] block : blocks.values()) {
                for (int i = 0; i < BLOCK; i++) {
                    block[i] = seed + element;
                    matrix.values().setAtIndex(ValueLayout.JAVA_FLOAT, element++, block[i]);
                }
            }
        }

        void assertMatrixHoldsTheMap() {
            assertEquals(pattern(blocks.keySet()), matrix.pattern());
            float[] expected = new float[blocks.size() * BLOCK];
            int block = 0;
            for (Map.Entry<Integer, float[]> entry : blocks.entrySet()) {
                System.arraycopy(entry.getValue(), 0, expected, block++ * BLOCK, BLOCK);
            }
            assertArrayEquals(expected, matrix.values().toArray(ValueLayout.JAVA_FLOAT));
        }

        private static BlockPattern pattern(Set<Integer> cells) {
            int[] offsets = new int[GRID_ROWS + 1];
            for (int cell : cells) {
                offsets[cell / GRID_COLS + 1]++;
            }
            for (int row = 0; row < GRID_ROWS; row++) {
                offsets[row + 1] += offsets[row];
            }
            int[] columns = new TreeSet<>(cells)
                    .stream().mapToInt(cell -> cell % GRID_COLS).toArray();
            return BlockPattern.of(
                    GRID_ROWS * BLOCK_ROWS, GRID_COLS * BLOCK_COLS, BLOCK_ROWS, BLOCK_COLS, offsets, columns);
        }

        @Override
        public void close() {
            arena.close();
        }

        @Override
        public String toString() {
            return "blocks at " + blocks.keySet();
        }
    }
}
