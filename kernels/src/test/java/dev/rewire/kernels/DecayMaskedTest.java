package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
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
    void weightsBehindTheGradientsInOneSegmentAreAccepted() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        MemorySegment both = memory.floats(8, 0);
        DenseMatrix gradients = DenseMatrix.of(both, 1, 4);
        DenseMatrix weights = DenseMatrix.of(both.asSlice(16), 1, 4);
        weights.set(0, 3, 1);

        Updates.decayMasked(gradients, weights, kept, DECAY, workers);
        assertEquals(DECAY, gradients.get(0, 3));
    }

    @Example
    void sharedMemoryIsRefused() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        MemorySegment both = memory.floats(8, 0);
        DenseMatrix gradients = DenseMatrix.of(both, 1, 4);
        DenseMatrix weights = DenseMatrix.of(both.asSlice(12), 1, 4);

        Refusal.ofArgument(
                "gradients: shares memory with weights",
                () -> Updates.decayMasked(gradients, weights, kept, DECAY, workers));
    }

    @Example
    void readOnlyGradientsAreRefused() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        DenseMatrix gradients = DenseMatrix.of(memory.floats(4, 0).asReadOnly(), 1, 4);

        Refusal.ofArgument(
                "gradients: a read-only segment",
                () -> Updates.decayMasked(gradients, new Grid(1, 4).rowMajor(memory), kept, DECAY, workers));
    }

    @Example
    void aDecayThatIsNoNumberIsRefused() {
        NmPattern kept = NmPattern.of(1, 4, 2, 4, new int[] {0, 1});
        DenseMatrix gradients = new Grid(1, 4).rowMajor(memory);
        DenseMatrix weights = new Grid(1, 4).rowMajor(memory);

        Refusal.ofArgument("decay: NaN ", () -> Updates.decayMasked(gradients, weights, kept, Float.NaN, workers));
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
