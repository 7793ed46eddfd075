package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.SparseParameter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link DropRule#SOFT}. */
final class SoftDrop {
    private static final double FIRST_TEMPERATURE = 1;
    private static final double LAST_TEMPERATURE = 3;

    private SoftDrop() {}

    /** Relative importance: of each weight its share of its output's, and of its input's. */
    static void importance(SparseParameter weights, float[] scores) {
        if (!(weights instanceof BlockParameter single
                && single.values().pattern().storedElements() == scores.length)) {
            throw new IllegalArgumentException("weights: not single ones; accepted are blocks of 1x1");
        }
        BlockPattern p = single.values().pattern();
        MemorySegment values = single.values().values();
        double[] ofRow = new double[p.rows()];
        double[] ofCol = new double[p.cols()];
        for (int row = 0; row < p.rows(); row++) {
            for (int block = p.rowOffset(row); block < p.rowOffset(row + 1); block++) {
                float magnitude = Math.abs(values.getAtIndex(ValueLayout.JAVA_FLOAT, block));
                ofRow[row] += magnitude;
                ofCol[p.gridCol(block)] += magnitude;
            }
        }
        for (int row = 0; row < p.rows(); row++) {
            for (int block = p.rowOffset(row); block < p.rowOffset(row + 1); block++) {
                float magnitude = Math.abs(values.getAtIndex(ValueLayout.JAVA_FLOAT, block));
                scores[block] =
                        magnitude == 0 ? 0 : (float) (magnitude / ofRow[row] + magnitude / ofCol[p.gridCol(block)]);
            }
        }
    }

    /** The k smallest of these are a sample without replacement (Efraimidis and Spirakis 2006; as here with Gumbel's noise, Kool et al. 2019). */
    static void draw(SparseParameter weights, float[] scores, DropRule.Moment moment) {
        importance(weights, scores);
        double temperature = FIRST_TEMPERATURE + (LAST_TEMPERATURE - FIRST_TEMPERATURE) * moment.progress();
        for (int i = 0; i < scores.length; i++) {
            // 1 − u is above 0, and u below 1, so that no logarithm is infinite but that of a weight of zero.
            double gumbel = -StrictMath.log(-StrictMath.log1p(-moment.random().nextDouble()) + Double.MIN_NORMAL);
            scores[i] = (float) (temperature * StrictMath.log(scores[i]) - gumbel);
        }
    }
}
