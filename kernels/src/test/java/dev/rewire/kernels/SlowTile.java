package dev.rewire.kernels;

/**
 * A program that runs one plan until it is fast, or for as many seconds as its argument says, and fails where a run's output is not that of the definition, to
 * the bit.
 */
final class SlowTile {
    private static final int SIDE = 16;
    private static final int BATCH = 16;
    private static final int RUNS = 1000;
    private static final byte UNWRITTEN = -1;

    private SlowTile() {}

    public static void main(String[] arguments) {
        long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000_000;
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(SIDE, SIDE, 4, 4));
            PanelMatrix x = PanelMatrix.allocate(arena, BATCH, SIDE);
            PanelMatrix y = PanelMatrix.allocate(arena, BATCH, SIDE);
            PanelMatrix expected = PanelMatrix.allocate(arena, BATCH, SIDE);
            for (int i = 0; i < SIDE; i++) {
                for (int j = 0; j < SIDE; j++) {
                    w.set(i, j, i - j);
                    x.set(i, j, (i * j) % 7);
                }
            }
            expected.segment().fill(UNWRITTEN);
            for (int sample = 0; sample < BATCH; sample++) {
                for (int output = 0; output < SIDE; output++) {
                    float sum = 0;
                    for (int input = 0; input < SIDE; input++) {
                        sum += w.get(output, input) * x.get(sample, input);
                    }
                    expected.set(sample, output, sum);
                }
            }
            SpmmPlan plan = SpmmPlan.forward(arena, w, BATCH, Layout.PANELS, Epilogue.NONE, workers);
            boolean fast = false;
            while (!fast && System.nanoTime() < end) {
                long start = System.nanoTime();
                for (int run = 0; run < RUNS; run++) {
                    y.segment().fill(UNWRITTEN);
                    plan.run(x, y);
                    if (y.segment().mismatch(expected.segment()) != -1) {
                        throw new AssertionError("another output");
                    }
                }
                // Interpreted, or as C1 compiles it, a run alone takes longer.
                fast = System.nanoTime() - start < RUNS * 10_000L;
            }
            System.out.println("fast: " + fast);
        }
    }
}
