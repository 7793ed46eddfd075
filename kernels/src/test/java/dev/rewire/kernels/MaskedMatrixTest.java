package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.rewire.kernels.prune.NmPruning;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps of masked weights beside the operations that they are made of, bit by bit. */
@Tag("species")
class MaskedMatrixTest {
    private static final float DECAY = 0.05f;
    private static final int BAND = 32;

    private final SplittableRandom random = new SplittableRandom(11);
    private KernelArena arena;

    @BeforeEach
    void open() {
        arena = KernelArena.open();
    }

    @AfterEach
    void close() {
        arena.close();
    }

    /** A matrix of masked weights with all its operands, and the weights, gradient and slots of one that is trained step by step. */
    private final class Subject {
        final int rows;
        final int cols;
        final boolean transposable;
        final Workers workers;
        final DenseMatrix w;
        final DenseMatrix[] slots = new DenseMatrix[2];
        final SemiStructuredMatrix kept;
        final BlockSparseMatrix inBlocks;
        final SemiStructuredMatrix transposed;
        final MaskedMatrix masked;
        final PanelMatrix band;
        final DenseMatrix gradient;

        Subject(int rows, int cols, int n, int m, boolean transposable, Workers workers) {
            this.rows = rows;
            this.cols = cols;
            this.transposable = transposable;
            this.workers = workers;
            w = random(rows, cols);
            gradient = random(rows, cols);
            slots[0] = DenseMatrix.allocate(arena, rows, cols);
            slots[1] = DenseMatrix.allocate(arena, rows, cols);
            NmPattern first = choose(w, n, m);
            kept = SemiStructuredMatrix.allocate(arena, first);
            inBlocks = BlockSparseMatrix.allocate(arena, BlockPattern.full(rows, cols, 16, 64));
            MaskedMatrix made =
                    MaskedMatrix.of(w, kept, transposable, DECAY, workers).withBlocks(inBlocks);
            transposed = transposable ? SemiStructuredMatrix.allocate(arena, first.transpose()) : kept;
            masked = transposable ? made.withTransposed(transposed) : made;
            band = PanelMatrix.allocate(arena, cols, BAND);
        }

        NmPattern choose(DenseMatrix of, int n, int m) {
            return transposable ? NmPruning.transposable(of, n, m) : NmPruning.magnitude(of, n, m);
        }

        void fill(int firstRow) {
            for (int row = firstRow; row < Math.min(rows, firstRow + BAND); row++) {
                for (int col = 0; col < cols; col++) {
                    band.set(col, row - firstRow, gradient.get(row, col));
                }
            }
        }

        /** That the copies have the elements of the mask, and the mask is that of the weights if it was chosen. */
        void check(NmPattern mask) {
            assertEquals(mask, masked.mask());
            SemiStructuredMatrix expected = SemiStructuredMatrix.fromDense(arena, w, mask, ValueType.F32);
            assertEquals(-1, expected.values().mismatch(kept.values()), "kept");
            BlockSparseMatrix blocks = BlockSparseMatrix.allocate(arena, inBlocks.pattern());
            expected.copyInto(blocks, workers);
            assertEquals(-1, blocks.values().mismatch(inBlocks.values()), "in blocks");
            if (transposable) {
                SemiStructuredMatrix other = expected.transpose(arena);
                assertEquals(other.pattern(), transposed.pattern());
                assertEquals(-1, other.values().mismatch(transposed.values()), "transposed");
            }
        }
    }

    private DenseMatrix random(int rows, int cols) {
        DenseMatrix matrix = DenseMatrix.allocate(arena, rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                matrix.set(row, col, random.nextFloat(-1, 1));
            }
        }
        return matrix;
    }

    private DenseMatrix copyOf(DenseMatrix matrix) {
        DenseMatrix copy = DenseMatrix.allocate(arena, matrix.rows(), matrix.cols());
        copy.segment().copyFrom(matrix.segment());
        return copy;
    }

    private void assertSame(DenseMatrix expected, DenseMatrix actual, String name) {
        assertEquals(-1, expected.segment().mismatch(actual.segment()), name);
    }

    @ParameterizedTest
    @CsvSource({
        "35, 84, 2, 4, false, 1", "35, 84, 2, 4, false, 3", "65, 128, 2, 4, false, 2", "1, 4, 2, 4, false, 2",
        "33, 48, 4, 8, false, 2", "40, 84, 2, 4, true, 1", "40, 84, 2, 4, true, 3", "68, 128, 2, 4, true, 2",
        "34, 70, 1, 2, true, 2", "36, 64, 1, 4, true, 2", "0, 8, 2, 4, false, 2", "8, 0, 2, 4, true, 2"
    })
    void aStepIsDecayUpdateChoiceAndCopies(int rows, int cols, int n, int m, boolean transposable, int threads) {
        try (Workers workers = Workers.of(threads)) {
            Subject subject = new Subject(rows, cols, n, m, transposable, workers);
            DenseMatrix w = copyOf(subject.w);
            DenseMatrix velocity = copyOf(subject.slots[0]);
            for (int step = 0; step < 4; step++) {
                boolean choose = step % 2 == 0;
                NmPattern mask = subject.masked.mask();
                DenseMatrix dw = copyOf(subject.gradient);
                Updates.decayMasked(dw, w, mask, DECAY, workers);
                Updates.sgd(w, dw, velocity, 0.5f, 0.9f, true, 1e-3f, workers);

                subject.masked.sgd(subject.band, subject::fill, subject.slots[0], 0.5f, 0.9f, true, 1e-3f, choose);

                assertSame(w, subject.w, "weights");
                assertSame(velocity, subject.slots[0], "velocity");
                subject.check(choose ? subject.choose(w, n, m) : mask);
            }
        }
    }

    @Test
    void aStepWithoutMomentumIsDecayAndDescent() {
        try (Workers workers = Workers.of(2)) {
            Subject subject = new Subject(40, 36, 2, 4, false, workers);
            DenseMatrix w = copyOf(subject.w);
            DenseMatrix dw = copyOf(subject.gradient);
            Updates.decayMasked(dw, w, subject.masked.mask(), DECAY, workers);
            Updates.sgd(w, dw, null, 0.5f, 0, false, 1e-3f, workers);

            subject.masked.sgd(subject.band, subject::fill, null, 0.5f, 0, false, 1e-3f, true);

            assertSame(w, subject.w, "weights");
        }
    }

    @Test
    void aStepOfAdamIsDecayAndAdam() {
        try (Workers workers = Workers.of(2)) {
            Subject subject = new Subject(40, 36, 2, 4, true, workers);
            Updates.Adam settings = new Updates.Adam(0.9f, 0.999f, 1e-8f, 1e-3f, 1e-2f);
            DenseMatrix w = copyOf(subject.w);
            DenseMatrix dw = copyOf(subject.gradient);
            DenseMatrix first = copyOf(subject.slots[0]);
            DenseMatrix second = copyOf(subject.slots[1]);
            Updates.decayMasked(dw, w, subject.masked.mask(), DECAY, workers);
            Updates.adam(w, dw, first, second, 3, settings, 0.1f, workers);

            subject.masked.adam(
                    subject.band, subject::fill, subject.slots[0], subject.slots[1], 3, settings, 0.1f, true);

            assertSame(w, subject.w, "weights");
            assertSame(first, subject.slots[0], "first");
            assertSame(second, subject.slots[1], "second");
            subject.check(subject.choose(w, 2, 4));
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void weightsThatOthersWroteAreCopiedWithTheMaskThatIs(boolean transposable) {
        try (Workers workers = Workers.of(2)) {
            Subject subject = new Subject(36, 20, 2, 4, transposable, workers);
            NmPattern mask = subject.masked.mask();
            subject.w.segment().copyFrom(random(36, 20).segment());

            subject.masked.copy();

            subject.check(mask);
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void aChoiceFollowsTheWeights(boolean transposable) {
        try (Workers workers = Workers.of(2)) {
            Subject subject = new Subject(36, 20, 2, 4, transposable, workers);
            NmPattern before = subject.masked.mask();
            subject.w.segment().copyFrom(random(36, 20).segment());

            subject.masked.choose();

            assertNotEquals(before, subject.masked.mask());
            subject.check(subject.choose(subject.w, 2, 4));
        }
    }

    @Test
    void bandsThatCutTilesAreRefused() {
        try (Workers workers = Workers.of(1)) {
            Subject subject = new Subject(40, 36, 2, 4, false, workers);
            PanelMatrix dw = PanelMatrix.allocate(arena, 36, 16);

            Refusal.ofArgument(
                    "dw.cols: 16 is not accepted; accepted are 40 and multiples of 32",
                    () -> subject.masked.sgd(dw, _ -> {}, null, 1, 0, false, 0, false));
        }
    }

    @Test
    void aGradientOfOtherInputsIsRefused() {
        try (Workers workers = Workers.of(1)) {
            Subject subject = new Subject(40, 36, 2, 4, false, workers);
            PanelMatrix dw = PanelMatrix.allocate(arena, 35, 64);

            Refusal.ofArgument("dw.rows: 35 ", () -> subject.masked.sgd(dw, _ -> {}, null, 1, 0, false, 0, false));
        }
    }

    @Test
    void aTransposedCopyOfMasksOfOneDirectionIsRefused() {
        try (Workers workers = Workers.of(1)) {
            DenseMatrix w = random(4, 8);
            SemiStructuredMatrix kept = SemiStructuredMatrix.fromDense(arena, w, 2, 4);
            SemiStructuredMatrix copy = SemiStructuredMatrix.fromDense(arena, random(8, 4), 2, 4);
            MaskedMatrix masked = MaskedMatrix.of(w, kept, false, 0, workers);

            Refusal.ofArgument("copy: SemiStructuredMatrix 8×4, 2:4", () -> masked.withTransposed(copy));
        }
    }

    @Test
    void copiesThatDoNotFitAreRefused() {
        try (Workers workers = Workers.of(1)) {
            DenseMatrix w = random(6, 8);
            SemiStructuredMatrix kept = SemiStructuredMatrix.fromDense(arena, w, 2, 4);
            SemiStructuredMatrix other = SemiStructuredMatrix.fromDense(arena, random(6, 12), 2, 4);
            BlockSparseMatrix sparse =
                    BlockSparseMatrix.allocate(arena, BlockPattern.random(6, 8, 2, 2, 3, new SplittableRandom(1)));
            MaskedMatrix masked = MaskedMatrix.of(w, kept, false, 0, workers);

            Refusal.ofArgument("kept.cols: 12 ", () -> MaskedMatrix.of(w, other, false, 0, workers));
            Refusal.ofArgument("w.rows: 6 is not divisible by m = 4", () -> MaskedMatrix.of(w, kept, true, 0, workers));
            Refusal.ofArgument("decay: -1.0 ", () -> MaskedMatrix.of(w, kept, false, -1, workers));
            Refusal.ofArgument("copy.blocks: 3 ", () -> masked.withBlocks(sparse));
        }
    }

    @Test
    void weightsInTheMemoryOfTheCopyAreRefused() {
        try (Workers workers = Workers.of(1)) {
            SemiStructuredMatrix kept = SemiStructuredMatrix.allocate(arena, NmPattern.random(1, 16, 2, 4, 1, random));
            MaskedMatrix masked = MaskedMatrix.of(DenseMatrix.of(kept.memory(), 1, 16), kept, false, 0, workers);

            Refusal.ofArgument("kept: shares memory with w", masked::copy);
        }
    }
}
