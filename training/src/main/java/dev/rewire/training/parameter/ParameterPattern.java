package dev.rewire.training.parameter;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import dev.rewire.training.setting.SrSte;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Which weights there are. Places are numbered row by row: the cells of a grid of blocks, or single weights. */
public sealed interface ParameterPattern {
    /** {@return the shape of the weights} */
    LayerShape shape();

    /** {@return the number of places, whether there is a weight or not} */
    int cells();

    /** {@return how many weights training keeps and changes, with the padding of blocks at the edge} */
    long trainedWeights();

    /**
     * Marks the places that have weights.
     *
     * @param cells where
     */
    void mark(BitSet cells);

    /**
     * Counts weights.
     *
     * @param cells some places
     * @return how many weights lie there, without padding
     */
    long weightsAt(BitSet cells);

    /**
     * Blocks are stored.
     *
     * @param pattern which
     * @param most how many there is room for, at least those of the pattern
     */
    record Blocks(BlockPattern pattern, int most) implements ParameterPattern {
        /**
         * As many blocks as there will ever be.
         *
         * @param pattern which are stored
         */
        public Blocks(BlockPattern pattern) {
            this(pattern, pattern.blocks());
        }

        @Override
        public LayerShape shape() {
            return LayerShape.linear(pattern.rows(), pattern.cols());
        }

        @Override
        public int cells() {
            return Cells.count(pattern);
        }

        @Override
        public long trainedWeights() {
            return pattern.storedElements();
        }

        @Override
        public void mark(BitSet cells) {
            for (int cell : Cells.of(pattern)) {
                cells.set(cell);
            }
        }

        @Override
        public long weightsAt(BitSet cells) {
            BlockPattern p = pattern;
            if (p.rows() % p.blockRows() == 0 && p.cols() % p.blockCols() == 0) {
                return (long) cells.cardinality() * p.blockRows() * p.blockCols();
            }
            long weights = 0;
            for (int cell = cells.nextSetBit(0); cell >= 0; cell = cells.nextSetBit(cell + 1)) {
                int row = cell / p.gridCols() * p.blockRows();
                int col = cell % p.gridCols() * p.blockCols();
                weights += (long) Math.min(p.blockRows(), p.rows() - row) * Math.min(p.blockCols(), p.cols() - col);
            }
            return weights;
        }
    }

    /**
     * N of every M weights of an output are kept.
     *
     * @param pattern which
     * @param rule null if only those are stored; otherwise all are, and the pattern is the mask through which products see them
     */
    record Nm(NmPattern pattern, @Nullable SrSte rule) implements ParameterPattern {
        @Override
        public LayerShape shape() {
            return LayerShape.linear(pattern.rows(), pattern.cols());
        }

        @Override
        public int cells() {
            return Math.multiplyExact(pattern.rows(), pattern.cols());
        }

        @Override
        public long trainedWeights() {
            return rule == null ? pattern.elements() : (long) pattern.rows() * pattern.cols();
        }

        @Override
        public void mark(BitSet cells) {
            for (int row = 0; row < pattern.rows(); row++) {
                for (int group = 0; group < pattern.groups(); group++) {
                    int first = row * pattern.cols() + group * pattern.m();
                    for (int k = 0; k < pattern.n(); k++) {
                        cells.set(first + pattern.index(row, group, k));
                    }
                }
            }
        }

        @Override
        public long weightsAt(BitSet cells) {
            return cells.cardinality();
        }
    }
}
