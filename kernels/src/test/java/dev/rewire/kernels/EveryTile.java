package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import dev.rewire.kernels.internal.vector.ceiling.FmaLoop;
import dev.rewire.kernels.internal.vector.ceiling.ReadLoop;
import dev.rewire.kernels.internal.vector.ceiling.TriadLoop;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** A program that runs every kind of tile: blocks and N:M of many widths, all products, of a batch and a sample. */
final class EveryTile {
    private static final int OUTPUTS = 16;
    private static final int INPUTS = 320;

    private static final int BATCH = 64;

    /** So many that halves are widened once for all. */
    private static final int PANELS = 2;

    /** So many that blocks with rows of whole vectors go by panels, too. */
    private static final int MANY_SAMPLES = 8192;

    /** So many that squares are written and added to. */
    private static final int SQUARE_SAMPLES = 64 * SquareOrder.PANELS + 1;

    /** Of fewer lanes, where N:M has longer code, the longest for large groups. */
    private static final int FEW_LANES = 16;

    /** Batches that fill no panel. */
    private static final int[] FEW_SAMPLES = {8, 20, 40};

    private static final int LARGE_GROUP = 16;

    /** An input that tiles of scaled values leave to others. */
    private static final float NOT_SCALED = 0x1p16f;

    private static final int[][] BLOCKS = {{1, 1}, {3, 3}, {4, 4}, {16, 16}, {64, 64}};
    private static final int[][] NM = {{2, 4}, {1, 4}, {3, 4}, {1, 8}, {1, 16}, {5, 16}};

    /** The shortest code and the longest. */
    private static final List<ValueType> TYPES = List.of(ValueType.F32, ValueType.F16);

    private final KernelArena arena;
    private final Workers workers;

    private EveryTile(KernelArena arena, Workers workers) {
        this.arena = arena;
        this.workers = workers;
    }

    public static void main(String[] arguments) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            EveryTile tiles = new EveryTile(arena, workers);
            tiles.run();
            tiles.measuringLoops(Provider.active().vectorBits());
        }
    }

    /** What measures the machine; of the loops that read, the one with the most sums, too. */
    private void measuringLoops(int bits) {
        long bytes = 128L * bits;
        long memory = arena.allocate(3 * bytes).address();
        List<FmaLoop> fma = List.of(FmaLoop.generate(bits, true), FmaLoop.generate(bits, false));
        ReadLoop read = ReadLoop.generate(bits);
        ReadLoop mostSums = ReadLoop.generate(bits, 40);
        TriadLoop triad = TriadLoop.generate(bits);
        for (int i = 0; i < 100; i++) {
            fma.forEach(loop -> loop.run(2, memory));
            read.run(memory, memory + bytes, 2, memory);
            mostSums.run(memory, memory + 2 * 40L * bits / Byte.SIZE, 2, memory);
            triad.run(memory, memory + bytes, memory + bytes, memory + 2 * bytes);
        }
    }

    private void run() {
        SplittableRandom random = new SplittableRandom(1);
        for (int[] block : BLOCKS) {
            int blocks = Math.max(1, 1500 / (block[0] * block[1]));
            BlockPattern pattern = BlockPattern.random(OUTPUTS, INPUTS, block[0], block[1], blocks, random);
            for (ValueType type : TYPES) {
                run(SparseMatrix.allocate(arena, pattern, type), type);
            }
        }
        tallBlocksBackward();
        convolutionOfSingleElements();
        attention();
        SparseMatrix elements = SparseMatrix.allocate(arena, BlockPattern.random(OUTPUTS, INPUTS, 1, 1, 1500, random));
        gradient(elements, PlanChoice.DENSE);
        gradient(elements, PlanChoice.STORED);
        BlockPattern wide = BlockPattern.random(OUTPUTS, INPUTS, 16, 16, 3, random);
        backwardWeight(SparseMatrix.allocate(arena, wide), MANY_SAMPLES);
        BlockPattern column = BlockPattern.random(OUTPUTS, INPUTS, 16, 1, 50, random);
        backwardWeight(SparseMatrix.allocate(arena, column), FEW_LANES);
        NmPattern inSquares = NmPattern.random(OUTPUTS, INPUTS, 2, 4, 4, random);
        backwardWeight(SparseMatrix.allocate(arena, inSquares), SQUARE_SAMPLES);
        for (int[] nm : NM) {
            NmPattern general = NmPattern.random(OUTPUTS, INPUTS, nm[0], nm[1], 1, random);
            for (ValueType type : TYPES) {
                run(SparseMatrix.allocate(arena, general, type), type);
            }
            NmPattern shared = NmPattern.random(OUTPUTS, INPUTS, nm[0], nm[1], 4, random);
            run(SparseMatrix.allocate(arena, shared), ValueType.F32);
            if (nm[1] == LARGE_GROUP) {
                fewLanes(SparseMatrix.allocate(arena, general));
                fewLanes(SparseMatrix.allocate(arena, shared));
            }
        }
    }

    private void run(SparseMatrix w, ValueType type) {
        product(w, Direction.FORWARD, INPUTS, OUTPUTS);
        if (type == ValueType.F32) {
            for (int batch : FEW_SAMPLES) {
                fewSamples(w, batch);
            }
            product(w, Direction.BACKWARD_INPUT, OUTPUTS, INPUTS);
            backwardWeight(w, BATCH);
            DenseMatrix dyFeatures = DenseMatrix.allocate(arena, OUTPUTS, BATCH);
            DenseMatrix xFeatures = DenseMatrix.allocate(arena, INPUTS, BATCH);
            repeat(
                    SddmmPlan.backwardWeight(arena, w, BATCH, Layout.FEATURE_MAJOR, true, workers),
                    plan -> plan.run(dyFeatures, xFeatures));
        } else {
            PanelMatrix x = PanelMatrix.allocate(arena, PANELS * BATCH, INPUTS);
            PanelMatrix y = PanelMatrix.allocate(arena, PANELS * BATCH, OUTPUTS);
            repeat(spmm(w, Direction.FORWARD, PANELS * BATCH, Layout.PANELS, Epilogue.NONE), plan -> plan.run(x, y));
        }
    }

    /** One sample, by lines whose rows have several inputs. */
    private void tallBlocksBackward() {
        BlockPattern pattern = BlockPattern.random(OUTPUTS, INPUTS, 4, 1, 500, new SplittableRandom(3));
        DenseMatrix dy = DenseMatrix.allocate(arena, 1, OUTPUTS);
        DenseMatrix dx = DenseMatrix.allocate(arena, 1, INPUTS);
        SparseMatrix w = SparseMatrix.allocate(arena, pattern);
        repeat(spmm(w, Direction.BACKWARD_INPUT, 1, Layout.ROW_MAJOR, Epilogue.NONE), plan -> plan.run(dy, dx));
    }

    /** Backward to the input it walks their values where they lie, which a product of matrices does with few samples alone. */
    private void convolutionOfSingleElements() {
        ConvShape pointwise = ConvShape.of(new FeatureMap(2, 2, INPUTS, 0), OUTPUTS, 1, 1, 1, 0, 0);
        BlockSparseMatrix w = BlockSparseMatrix.allocate(
                arena, BlockPattern.random(OUTPUTS, INPUTS, 1, 1, 1500, new SplittableRandom(2)));
        PanelMatrix dy = PanelMatrix.allocate(arena, BATCH, pointwise.output().features());
        PanelMatrix dx = PanelMatrix.allocate(arena, BATCH, pointwise.input().features());
        repeat(ConvPlan.backwardInput(arena, w, pointwise, BATCH, Epilogue.NONE, workers), plan -> plan.run(dy, dx));
    }

    /** Softmax, and tiles whose weights lie next to each other by output; of other lengths there are the same with more of them. */
    private void attention() {
        AttentionShape shape = new AttentionShape(FEW_LANES, 1, LARGE_GROUP, true);
        PanelMatrix qkv = PanelMatrix.allocate(arena, FEW_LANES, 3 * LARGE_GROUP);
        PanelMatrix y = PanelMatrix.allocate(arena, FEW_LANES, LARGE_GROUP);
        PanelMatrix dqkv = PanelMatrix.allocate(arena, FEW_LANES, 3 * LARGE_GROUP);
        repeat(AttentionPlan.forward(arena, shape, 1, workers), plan -> plan.run(qkv, y));
        repeat(AttentionGradient.prepare(arena, shape, 1, workers), plan -> plan.run(qkv, y, dqkv));
    }

    private void backwardWeight(SparseMatrix w, int batch) {
        PanelMatrix dy = PanelMatrix.allocate(arena, batch, OUTPUTS);
        PanelMatrix x = PanelMatrix.allocate(arena, batch, INPUTS);
        repeat(SddmmPlan.backwardWeight(arena, w, batch, Layout.PANELS, true, workers), plan -> plan.run(dy, x));
    }

    private void gradient(SparseMatrix w, PlanChoice choice) {
        PanelMatrix dy = PanelMatrix.allocate(arena, FEW_LANES, OUTPUTS);
        PanelMatrix x = PanelMatrix.allocate(arena, FEW_LANES, INPUTS);
        repeat(
                SddmmPlan.backwardWeight(arena, w, FEW_LANES, Layout.PANELS, false, workers, choice),
                plan -> plan.run(dy, x));
    }

    private void fewSamples(SparseMatrix w, int batch) {
        DenseMatrix x = DenseMatrix.allocate(arena, batch, INPUTS);
        DenseMatrix y = DenseMatrix.allocate(arena, batch, OUTPUTS);
        Epilogue bias = Epilogue.NONE.withBias(DenseMatrix.allocate(arena, 1, OUTPUTS));
        repeat(spmm(w, Direction.FORWARD, batch, Layout.ROW_MAJOR, bias.withAccumulate(true)), plan -> plan.run(x, y));
        repeat(spmm(w, Direction.BACKWARD_INPUT, batch, Layout.ROW_MAJOR, Epilogue.NONE), plan -> plan.run(y, x));
        repeat(SddmmPlan.backwardWeight(arena, w, batch, Layout.ROW_MAJOR, true, workers), plan -> plan.run(y, x));
    }

    private void fewLanes(SparseMatrix w) {
        PanelMatrix x = PanelMatrix.allocate(arena, FEW_LANES, INPUTS);
        PanelMatrix y = PanelMatrix.allocate(arena, FEW_LANES, OUTPUTS);
        PanelMatrix mask = PanelMatrix.allocate(arena, FEW_LANES, OUTPUTS);
        Epilogue longest =
                Epilogue.NONE.withBias(DenseMatrix.allocate(arena, 1, OUTPUTS)).withReluMask(mask);
        repeat(spmm(w, Direction.FORWARD, FEW_LANES, Layout.PANELS, longest), plan -> plan.run(x, y));
    }

    private void product(SparseMatrix w, Direction direction, int inputs, int outputs) {
        PanelMatrix x = PanelMatrix.allocate(arena, BATCH, inputs);
        PanelMatrix y = PanelMatrix.allocate(arena, BATCH, outputs);
        PanelMatrix mask = PanelMatrix.allocate(arena, BATCH, outputs);
        DenseMatrix rows = DenseMatrix.allocate(arena, BATCH, inputs);
        DenseMatrix outputRows = DenseMatrix.allocate(arena, BATCH, outputs);
        DenseMatrix sample = DenseMatrix.allocate(arena, 1, inputs);
        DenseMatrix output = DenseMatrix.allocate(arena, 1, outputs);
        Epilogue bias = Epilogue.NONE.withBias(DenseMatrix.allocate(arena, 1, outputs));
        repeat(spmm(w, direction, BATCH, Layout.PANELS, bias.withReluMask(mask)), plan -> plan.run(x, y));
        repeat(spmm(w, direction, BATCH, Layout.ROW_MAJOR, bias.withRelu()), plan -> plan.run(rows, outputRows));
        DenseMatrix features = DenseMatrix.allocate(arena, inputs, BATCH);
        DenseMatrix outputFeatures = DenseMatrix.allocate(arena, outputs, BATCH);
        repeat(
                spmm(w, direction, BATCH, Layout.FEATURE_MAJOR, bias.withRelu()),
                plan -> plan.run(features, outputFeatures));
        repeat(spmm(w, direction, 1, Layout.ROW_MAJOR, bias), plan -> plan.run(sample, output));
        sample.set(0, 0, NOT_SCALED);
        repeat(spmm(w, direction, 1, Layout.ROW_MAJOR, bias), plan -> plan.run(sample, output));
    }

    private SpmmPlan spmm(SparseMatrix w, Direction direction, int batch, Layout layout, Epilogue epilogue) {
        return direction.plan(arena, w, batch, layout, epilogue, workers);
    }

    /** Until it is compiled, if thresholds are a thousandth of what they are by default. */
    private static <P> void repeat(P plan, Consumer<P> run) {
        for (int count = 0; count < 2; count++) {
            run.accept(plan);
        }
    }
}
