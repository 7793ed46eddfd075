package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.product.LayerBuffers;
import dev.rewire.training.product.LinearProduct;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
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
 * An N:M layer that is trained and rewired in any order, beside a map from place to what is stored there. All numbers are small integers, so that
 * gradients are exact and the map knows which weights have to be dropped and grown.
 */
class NmRewiringModelTest {
    private static final int SLOTS = 2;
    private static final int BATCH = 9;
    private static final int NUMBER = 2;

    enum Action {
        TRAIN,
        REWIRE
    }

    @Property(tries = 150)
    void theLayerFollowsTheMap(
            @ForAll boolean byGradient,
            @ForAll @IntRange(min = 1, max = 20) int rows,
            @ForAll @IntRange(min = 1, max = 6) int groups,
            @ForAll @IntRange(min = 1, max = 4) int logM,
            @ForAll @IntRange(min = 1, max = 15) int n,
            @ForAll @IntRange(min = 1, max = 100) int alphaPercent,
            @ForAll @Size(max = 8) List<Action> actions,
            @ForAll long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int m = 1 << logM;
        NmPattern first = NmPattern.random(rows, groups * m, Math.min(n, m - 1), m, 1, random);
        GrowRule grow = byGradient ? GrowRule.GRADIENT : GrowRule.RANDOM;
        Rewiring rewiring =
                new Rewiring(DropRule.MAGNITUDE, grow, DropSchedule.constant(alphaPercent / 100.0, 1, Long.MAX_VALUE));
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, BATCH, first.cols());
            PanelMatrix y = PanelMatrix.allocate(arena, BATCH, rows);
            PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, rows);
            ParameterPattern.Nm pattern = new ParameterPattern.Nm(first, null);
            LinearProduct layer = new LinearProduct(
                    arena,
                    pattern,
                    SLOTS,
                    true,
                    true,
                    new LayerBuffers(x, y, dy, null, false),
                    new Engine.Kernels(),
                    workers);
            ParameterRewiring subject = ParameterRewiring.of(arena, NUMBER, layer.weights(), layer, rewiring, seed);
            Model model = new Model(rewiring, first, seed);
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

    /** What is stored at each place, row · cols + col: the weight and its slots. */
    private static final class Model {
        private final TreeMap<Integer, float[]> stored = new TreeMap<>();
        private final BitSet explored = new BitSet();
        private final Rewiring rewiring;
        private final NmPattern first;
        private final long seed;

        Model(Rewiring rewiring, NmPattern first, long seed) {
            this.rewiring = rewiring;
            this.first = first;
            this.seed = seed;
            for (int place = 0; place < first.rows() * first.cols(); place++) {
                if (first.find(place / first.cols(), place % first.cols()) >= 0) {
                    stored.put(place, new float[1 + SLOTS]);
                    explored.set(place);
                }
            }
        }

        void train(LinearProduct layer, SplittableRandom random) {
            int element = 0;
            for (float[] values : stored.values()) {
                for (int part = 0; part <= SLOTS; part++) {
                    values[part] = random.nextInt(-5, 6);
                    layer.weights().state().get(part).setAtIndex(ValueLayout.JAVA_FLOAT, element, values[part]);
                }
                element++;
            }
        }

        void rewire(long step, PanelMatrix x, PanelMatrix dy) {
            int count = (int) rewiring.schedule().count(step, stored.size());
            List<Integer> bySize = new ArrayList<>(stored.keySet());
            bySize.sort(Comparator.comparingDouble(place -> Math.abs(stored.get(place)[0])));
            List<Integer> dropped = bySize.subList(0, count);
            List<Integer> grown = new ArrayList<>();
            CounterRandom random = new CounterRandom(seed, NUMBER, step, Purpose.GROW);
            for (int from = 0; from < first.rows() * first.cols(); from += first.m()) {
                growGroup(from, dropped, random, x, dy, grown);
            }
            for (int place : dropped) {
                if (!grown.contains(place)) {
                    stored.remove(place);
                }
            }
            for (int place : grown) {
                stored.putIfAbsent(place, new float[1 + SLOTS]);
                explored.set(place);
            }
        }

        private void growGroup(
                int from,
                List<Integer> dropped,
                CounterRandom random,
                PanelMatrix x,
                PanelMatrix dy,
                List<Integer> grown) {
            List<Integer> free = new ArrayList<>();
            int lost = 0;
            for (int place = from; place < from + first.m(); place++) {
                lost += dropped.contains(place) ? 1 : 0;
                if (!stored.containsKey(place) || dropped.contains(place)) {
                    free.add(place);
                }
            }
            if (rewiring.grow().usesGradient()) {
                free.sort(Comparator.comparingDouble(place -> -gradient(place, x, dy)));
                grown.addAll(free.subList(0, lost));
                return;
            }
            for (int i = 0; i < free.size() && lost > 0; i++) {
                if (random.nextInt(free.size() - i) < lost) {
                    grown.add(free.get(i));
                    lost--;
                }
            }
        }

        private double gradient(int place, PanelMatrix x, PanelMatrix dy) {
            double sum = 0;
            for (int sample = 0; sample < BATCH; sample++) {
                sum += dy.get(sample, place / first.cols()) * x.get(sample, place % first.cols());
            }
            return Math.abs(sum);
        }

        void compare(LinearProduct layer, ParameterRewiring subject) {
            NmParameter weights = (NmParameter) layer.weights();
            NmPattern pattern = weights.values().pattern();
            assertEquals(first.n(), pattern.n());
            assertEquals(first.elements(), stored.size());
            assertEquals(pattern, weights.gradient().pattern());
            int element = 0;
            for (int place : stored.keySet()) {
                int row = place / first.cols();
                int inRow = element % first.rowElements();
                assertEquals(
                        place % first.cols(),
                        inRow / first.n() * first.m() + pattern.index(row, inRow / first.n(), inRow % first.n()));
                for (int part = 0; part <= SLOTS; part++) {
                    assertEquals(
                            stored.get(place)[part],
                            layer.weights().state().get(part).getAtIndex(ValueLayout.JAVA_FLOAT, element));
                }
                element++;
            }
            assertEquals(explored, subject.explored());
            assertEquals(explored.cardinality(), subject.exploredWeights());
        }
    }
}
