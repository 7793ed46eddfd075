package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;
import java.util.SplittableRandom;

/**
 * A plan of random shape, format, product and layout, with its operands.
 *
 * @param name what was drawn
 * @param flops of a run
 * @param run runs it
 */
record RandomPlan(String name, double flops, Runnable run) {
    private static final int[] SIDES = {1, 2, 3, 4, 5, 8, 12, 16, 24, 32, 48, 64};
    private static final int[] BATCHES = {1, 8, 16, 32, 64, 100};
    private static final int[][] NM = {{1, 2}, {2, 4}, {1, 4}, {3, 4}, {4, 8}, {1, 8}, {1, 16}, {5, 16}};

    static RandomPlan draw(KernelArena arena, Workers workers, int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int outputs = 64 + random.nextInt(500);
        int inputs = 64 + random.nextInt(500);
        int batch = BATCHES[random.nextInt(BATCHES.length)];
        SparseMatrix w;
        String format;
        ValueType type = random.nextInt(4) > 0 ? ValueType.F32 : random.nextBoolean() ? ValueType.BF16 : ValueType.F16;
        if (random.nextBoolean()) {
            int rows = SIDES[random.nextInt(SIDES.length)];
            int cols = SIDES[random.nextInt(SIDES.length)];
            int all = Math.ceilDiv(outputs, rows) * Math.ceilDiv(inputs, cols);
            BlockPattern pattern = BlockPattern.random(outputs, inputs, rows, cols, 1 + (int) (all * 0.2), random);
            w = SparseMatrix.allocate(arena, pattern, type);
            format = rows + "x" + cols;
        } else {
            int[] nm = NM[random.nextInt(NM.length)];
            outputs = outputs / 16 * 16;
            inputs = inputs / 16 * 16;
            int shared = 1 << random.nextInt(3);
            w = SparseMatrix.allocate(arena, NmPattern.random(outputs, inputs, nm[0], nm[1], shared, random), type);
            format = nm[0] + ":" + nm[1] + " shared " + shared;
        }
        Layout layout = random.nextBoolean() ? Layout.PANELS : Layout.ROW_MAJOR;
        int product = random.nextInt(type == ValueType.F32 ? 3 : 1);
        int columns = outputs;
        int features = inputs;
        Runnable run;
        if (product == 2) {
            SddmmPlan plan = SddmmPlan.backwardWeight(arena, w, batch, layout, true, workers);
            if (layout == Layout.PANELS) {
                PanelMatrix dy = PanelMatrix.allocate(arena, batch, columns);
                PanelMatrix x = PanelMatrix.allocate(arena, batch, features);
                run = () -> plan.run(dy, x);
            } else {
                DenseMatrix dy = DenseMatrix.allocate(arena, batch, columns);
                DenseMatrix x = DenseMatrix.allocate(arena, batch, features);
                run = () -> plan.run(dy, x);
            }
        } else {
            Direction direction = product == 0 ? Direction.FORWARD : Direction.BACKWARD_INPUT;
            int from = product == 0 ? inputs : outputs;
            int to = product == 0 ? outputs : inputs;
            Epilogue epilogue = Epilogue.NONE;
            if (random.nextBoolean()) {
                epilogue = epilogue.withBias(DenseMatrix.allocate(arena, 1, to));
            }
            if (random.nextBoolean()) {
                epilogue = epilogue.withRelu();
            }
            SpmmPlan plan = direction.plan(arena, w, batch, layout, epilogue, workers);
            if (layout == Layout.PANELS) {
                PanelMatrix x = PanelMatrix.allocate(arena, batch, from);
                PanelMatrix y = PanelMatrix.allocate(arena, batch, to);
                run = () -> plan.run(x, y);
            } else {
                DenseMatrix x = DenseMatrix.allocate(arena, batch, from);
                DenseMatrix y = DenseMatrix.allocate(arena, batch, to);
                run = () -> plan.run(x, y);
            }
        }
        return new RandomPlan(
                String.join(
                        " ",
                        seed + "",
                        format,
                        type.name(),
                        product + "",
                        outputs + "x" + inputs,
                        "b" + batch,
                        layout.name()),
                2.0 * w.pattern().storedElements() * batch,
                run);
    }
}
