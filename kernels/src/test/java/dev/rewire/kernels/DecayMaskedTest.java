package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** The decay of masked weights, element by element. */
class DecayMaskedTest {
    private static final float DECAY = 0.1f;

    private final Workers workers = Workers.of(2);
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    @Property(tries = 200)
    void onlyMaskedWeightsDecay(@ForAll(supplier = NmCases.class) NmCase problem) {
        check(problem.pattern(), problem.seed());
    }

    @Example
    void rowsOfSeveralTasksDecay() {
        check(NmPattern.random(300, 1000, 2, 4, 1, new SplittableRandom(1)), 2);
    }

    private void check(NmPattern kept, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Grid g = Grid.of(kept.rows(), kept.cols(), (row, col) -> random.nextFloat(-1, 1));
        Grid w = Grid.of(kept.rows(), kept.cols(), (row, col) -> random.nextFloat(-1, 1));
        DenseMatrix gradients = g.rowMajor(memory);
        DenseMatrix weights = w.rowMajor(memory);

        Updates.decayMasked(gradients, weights, kept, DECAY, workers);

        for (int row = 0; row < kept.rows(); row++) {
            for (int col = 0; col < kept.cols(); col++) {
                float masked = g.at(row, col) + DECAY * w.at(row, col);
                assertEquals(kept.find(row, col) < 0 ? masked : g.at(row, col), gradients.get(row, col));
                assertEquals(w.at(row, col), weights.get(row, col));
            }
        }
    }

    @Example
    void gradientsOfAnotherShapeAreRefused() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        DenseMatrix weights = new Grid(1, 4).rowMajor(memory);
        DenseMatrix longer = new Grid(2, 4).rowMajor(memory);

        Refusal.ofArgument("gradients.rows: 2 ", () -> Updates.decayMasked(longer, weights, kept, DECAY, workers));
    }

    @Example
    void weightsWithARowStrideAreRefused() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        DenseMatrix gradients = new Grid(1, 4).rowMajor(memory);
        DenseMatrix apart = DenseMatrix.of(memory.floats(8, 0), 1, 4, 8);

        Refusal.ofArgument("weights.rowStride: 8 ", () -> Updates.decayMasked(gradients, apart, kept, DECAY, workers));
    }

    @Example
    void closedWeightsAreRefused() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        DenseMatrix gradients = new Grid(1, 4).rowMajor(memory);
        KernelArena closed = KernelArena.open();
        DenseMatrix gone = DenseMatrix.allocate(closed, 1, 4);
        closed.close();

        Refusal.ofState("weights: ", () -> Updates.decayMasked(gradients, gone, kept, DECAY, workers));
    }
}
