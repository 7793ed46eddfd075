package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseGradient;
import dev.rewire.kernels.KernelArena;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.Cells;
import dev.rewire.training.parameter.GradientScores;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The rewiring of single weights with a constant fan-in: {@link GrowRule.FanIn}. The gradient is computed twice, so that no score of a place has to be kept. */
final class FanInRewiring extends ParameterRewiring {
    private final BlockParameter weights;
    private final Rewiring rewiring;
    private final double gamma;
    private final GradientScores.@Nullable Pass gradient;

    /** As {@link ParameterRewiring#of}. */
    FanInRewiring(
            KernelArena arena, BlockParameter weights, GradientScores scores, Rewiring rewiring, GrowRule.FanIn rule) {
        super(weights);
        BlockPattern pattern = weights.values().pattern();
        this.weights = weights;
        this.rewiring = rewiring;
        gamma = rule.gamma();
        boolean isFull = pattern.blocks() == Cells.count(pattern);
        if (!isFull && pattern.blockRows() * pattern.blockCols() != 1) {
            throw new IllegalArgumentException("blocks of " + pattern.blockRows() + "x" + pattern.blockCols()
                    + " have no fan-in; accepted are single weights");
        }
        gradient = isFull ? null : scores.prepare(arena, pattern);
        if (gradient != null) {
            gradient.run((row, scoresOfRow) -> {}); // compiles its kernels
        }
        weights.pattern().mark(explored());
    }

    @Override
    public void apply(long step) {
        BlockPattern old = weights.values().pattern();
        int count = Math.toIntExact(rewiring.schedule().count(step, old.blocks()));
        if (count == 0 || gradient == null) {
            return;
        }
        float[] scores = new float[old.blocks()];
        rewiring.drop().score(weights, scores);
        int[] dropped = BlockExchange.smallest(scores, old.blocks(), count);
        BlockExchange exchange = new BlockExchange(old, dropped);
        int[] cells = cells(old, exchange, scores, active(old, salient(old, exchange.kept(), count)));
        weights.rewire(Cells.pattern(old.rows(), old.cols(), 1, 1, cells));
        for (int cell : cells) {
            explored().set(cell);
        }
    }

    /** Of each output the weights that survive, and the places among those of the largest gradients. */
    private int[] salient(BlockPattern old, BlockPattern kept, int count) {
        BlockExchange all = new BlockExchange(old, new int[0]);
        TopK largest = TopK.largest(count);
        gradientRows((row, norms) -> {
            all.markStored(row, norms);
            largest.offerMagnitudes(norms, old.cols(), row * old.cols());
        });
        int[] salient = new int[old.rows()];
        for (int row = 0; row < salient.length; row++) {
            salient[row] = kept.rowOffset(row + 1) - kept.rowOffset(row);
        }
        for (int cell : largest.indices()) {
            salient[cell / old.cols()]++;
        }
        return salient;
    }

    private void gradientRows(DenseGradient.RowSink rows) {
        if (gradient != null) {
            gradient.run(rows);
        }
    }

    /** Which outputs have connections; as many as have room for them at least, those of the most salient places. */
    private boolean[] active(BlockPattern old, int[] salient) {
        int had = 0;
        for (int row = 0; row < salient.length; row++) {
            had += old.rowOffset(row + 1) > old.rowOffset(row) ? 1 : 0;
        }
        int fanIn = old.blocks() / Math.max(1, had);
        double least = Math.max(1, gamma * fanIn);
        int needed = Math.ceilDiv(weights.mostBlocks(), old.cols());
        TopK most = TopK.largest(needed);
        boolean[] active = new boolean[salient.length];
        for (int row = 0; row < salient.length; row++) {
            active[row] = gamma == 0 ? old.rowOffset(row + 1) > old.rowOffset(row) : salient[row] >= least;
            most.offer(salient[row], row);
        }
        for (int row : most.indices()) {
            active[row] = true;
        }
        return active;
    }

    /** All cells of the next pattern: survivors of outputs that are active, filled up to the common number. */
    private int[] cells(BlockPattern old, BlockExchange exchange, float[] scores, boolean[] active) {
        int outputs = 0;
        for (boolean is : active) {
            outputs += is ? 1 : 0;
        }
        int fanIn = Math.min(old.cols(), Math.max(1, weights.mostBlocks() / outputs));
        BlockPattern kept = exchange.kept();
        int[] cells = new int[outputs * fanIn];
        int[] filled = {0};
        gradientRows((row, norms) -> {
            if (active[row]) {
                int[] chosen = survivors(old, kept, row, fanIn, scores);
                for (int cell : chosen) {
                    norms[cell - row * old.cols()] = -1;
                }
                TopK largest = TopK.largest(fanIn - chosen.length);
                largest.offerMagnitudes(norms, old.cols(), row * old.cols());
                int[] grown = largest.indices();
                System.arraycopy(chosen, 0, cells, filled[0], chosen.length);
                System.arraycopy(grown, 0, cells, filled[0] + chosen.length, grown.length);
                Arrays.sort(cells, filled[0], filled[0] + fanIn);
                filled[0] += fanIn;
            }
        });
        return cells;
    }

    /** Where outputs came back, others have fewer connections than before: they keep the largest. */
    private static int[] survivors(BlockPattern old, BlockPattern kept, int row, int fanIn, float[] scores) {
        int first = kept.rowOffset(row);
        TopK largest = TopK.largest(Math.min(fanIn, kept.rowOffset(row + 1) - first));
        for (int block = first; block < kept.rowOffset(row + 1); block++) {
            largest.offer(scores[old.find(row, kept.gridCol(block))], row * old.cols() + kept.gridCol(block));
        }
        return largest.indices();
    }
}
