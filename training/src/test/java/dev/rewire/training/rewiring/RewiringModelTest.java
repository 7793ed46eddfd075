package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.product.LayerBuffers;
import dev.rewire.training.product.LinearProduct;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * A layer that is trained and rewired in any order, beside a map from place to what is stored there. All numbers are small integers, so
 * that norms and gradients are exact and the map knows which blocks have to be dropped and grown.
 */
class RewiringModelTest {
    private static final int SLOTS = 2;
    private static final int BATCH = 9;

    enum Action {
        TRAIN,
        REWIRE
    }

    @Property(tries = 150)
    void theLayerFollowsTheMap(
            @ForAll boolean byGradient,
            @ForAll @IntRange(min = 1, max = 33) int rows,
            @ForAll @IntRange(min = 1, max = 33) int cols,
            @ForAll @IntRange(min = 1, max = 5) int blockRows,
            @ForAll @IntRange(min = 1, max = 5) int blockCols,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll @IntRange(min = 1, max = 100) int alphaPercent,
            @ForAll @Size(max = 8) List<Action> actions,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int cells = Math.ceilDiv(rows, blockRows) * Math.ceilDiv(cols, blockCols);
        BlockPattern pattern = BlockPattern.random(rows, cols, blockRows, blockCols, cells * percent / 100, random);
        GrowRule grow = byGradient ? GrowRule.GRADIENT : GrowRule.RANDOM;
        Rewiring rewiring =
                new Rewiring(DropRule.MAGNITUDE, grow, DropSchedule.constant(alphaPercent / 100.0, 1, Long.MAX_VALUE));
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, BATCH, cols);
            PanelMatrix y = PanelMatrix.allocate(arena, BATCH, rows);
            PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, rows);
            ParameterPattern.Blocks blocks = new ParameterPattern.Blocks(pattern);
            LinearProduct layer = new LinearProduct(
                    arena,
                    blocks,
                    SLOTS,
                    true,
                    true,
                    new LayerBuffers(x, y, dy, null, false),
                    new Engine.Kernels(),
                    workers);
            ParameterRewiring subject = ParameterRewiring.of(arena, 2, layer.weights(), layer, rewiring, seed);
            Model model = new Model(rewiring, pattern, seed);
            model.compare(layer, subject);
            long step = 0;
            for (Action action : actions) {
                if (action == Action.TRAIN) {
                    model.train(layer, random);
                } else {
                    fill(x, random);
                    fill(dy, random);
                    subject.apply(step);
                    model.rewire(step, x, dy);
                }
                model.compare(layer, subject);
                layer.forward();
                layer.backwardWeights();
                step++;
            }
        }
    }

    private static void fill(PanelMatrix panels, SplittableRandom random) {
        for (int row = 0; row < panels.rows(); row++) {
            for (int col = 0; col < panels.cols(); col++) {
                panels.set(row, col, random.nextInt(-3, 4));
            }
        }
    }

    /** What is stored at each cell: for weights and slots the floats of the block. */
    private static final class Model {
        private final TreeMap<Integer, float[][]> stored = new TreeMap<>();
        private final BitSet explored = new BitSet();
        private final Rewiring rewiring;
        private final BlockPattern first;
        private final long seed;

        Model(Rewiring rewiring, BlockPattern first, long seed) {
            this.rewiring = rewiring;
            this.first = first;
            this.seed = seed;
            for (int cell : Cells.of(first)) {
                stored.put(cell, zeros());
                explored.set(cell);
            }
        }

        private float[][] zeros() {
            return new float[1 + SLOTS][first.blockRows() * first.blockCols()];
        }

        /** Gives weights and slots new values inside the matrix, in the map and in the layer. */
        void train(LinearProduct layer, SplittableRandom random) {
            int block = 0;
            for (int cell : stored.keySet()) {
                float[][] values = stored.get(cell);
                for (int part = 0; part <= SLOTS; part++) {
                    for (int i = 0; i < values[part].length; i++) {
                        boolean inside = row(cell, i) < first.rows() && col(cell, i) < first.cols();
                        values[part][i] = inside ? random.nextInt(-5, 6) : 0;
                        part(layer, part)
                                .setAtIndex(
                                        ValueLayout.JAVA_FLOAT,
                                        (long) block * values[part].length + i,
                                        values[part][i]);
                    }
                }
                block++;
            }
        }

        void rewire(long step, PanelMatrix x, PanelMatrix dy) {
            int cells = Cells.count(first);
            int count = (int) rewiring.schedule().count(step, stored.size());
            if (stored.size() == cells) {
                return;
            }
            List<Integer> bySize = new ArrayList<>(stored.keySet());
            bySize.sort(Comparator.comparingDouble(this::norm));
            List<Integer> survivors = bySize.subList(count, bySize.size());
            List<Integer> free = new ArrayList<>();
            for (int cell = 0; cell < cells; cell++) {
                if (!survivors.contains(cell)) {
                    free.add(cell);
                }
            }
            List<Integer> grown = new ArrayList<>();
            if (!rewiring.grow().usesGradient()) {
                CounterRandom random = new CounterRandom(seed, 2, step, Purpose.GROW);
                for (int ordinal : random.sample(free.size(), count)) {
                    grown.add(free.get(ordinal));
                }
            } else {
                free.sort(Comparator.comparingDouble(cell -> -gradientNorm(cell, x, dy)));
                grown.addAll(free.subList(0, count));
            }
            for (int cell : bySize.subList(0, count)) {
                if (!grown.contains(cell)) {
                    stored.remove(cell);
                }
            }
            for (int cell : grown) {
                stored.putIfAbsent(cell, zeros());
                explored.set(cell);
            }
        }

        private double norm(int cell) {
            double sum = 0;
            for (float value : stored.get(cell)[0]) {
                sum += Math.abs(value);
            }
            return sum;
        }

        private double gradientNorm(int cell, PanelMatrix x, PanelMatrix dy) {
            double norm = 0;
            for (int i = 0; i < first.blockRows() * first.blockCols(); i++) {
                if (row(cell, i) < first.rows() && col(cell, i) < first.cols()) {
                    double sum = 0;
                    for (int sample = 0; sample < BATCH; sample++) {
                        sum += dy.get(sample, row(cell, i)) * x.get(sample, col(cell, i));
                    }
                    norm += Math.abs(sum);
                }
            }
            return norm;
        }

        private int row(int cell, int i) {
            return cell / first.gridCols() * first.blockRows() + i / first.blockCols();
        }

        private int col(int cell, int i) {
            return cell % first.gridCols() * first.blockCols() + i % first.blockCols();
        }

        void compare(LinearProduct layer, ParameterRewiring subject) {
            BlockParameter weights = (BlockParameter) layer.weights();
            BlockPattern pattern = weights.values().pattern();
            assertEquals(first.blocks(), pattern.blocks());
            assertArrayEquals(stored.keySet().stream().mapToInt(cell -> cell).toArray(), Cells.of(pattern));
            assertEquals(pattern, weights.gradient().pattern());
            for (int part = 0; part <= SLOTS; part++) {
                float[] values = part(layer, part).toArray(ValueLayout.JAVA_FLOAT);
                int at = 0;
                for (float[][] parts : stored.values()) {
                    for (float expected : parts[part]) {
                        assertEquals(expected, values[at++]);
                    }
                }
                assertEquals(values.length, at);
            }
            assertEquals(explored, subject.explored());
            assertTrue(subject.exploredWeights() <= (long) first.rows() * first.cols());
        }

        /** Weights, then the slots of the weights. */
        private static MemorySegment part(LinearProduct layer, int part) {
            return layer.weights().state().get(part);
        }
    }
}
