package dev.rewire.bench.suite;

import dev.rewire.bench.SparseInput;
import java.math.BigDecimal;

/** Which elements of a generated matrix are stored. */
public sealed interface Structure {
    /**
     * The sparse matrix.
     *
     * @param rows outputs
     * @param cols inputs
     * @param seed of the choice
     * @return a random one
     */
    SparseInput generate(int rows, int cols, long seed);

    /**
     * Share of the elements that is not stored, as it is asked for.
     *
     * @return 0 to 1
     */
    double sparsity();

    /**
     * What is stored together.
     *
     * @return the shape of a block as on the command line, or N:M and how many outputs share it
     */
    String name();

    /**
     * A few words.
     *
     * @return the name, and what else there is to say
     */
    String label();

    /**
     * What generates such a matrix.
     *
     * @return options of {@code spmm}
     */
    String options();

    /**
     * Blocks at random places.
     *
     * @param rows rows of a block
     * @param cols columns of a block
     * @param sparsity share of the blocks that is not stored
     */
    record Blocks(int rows, int cols, double sparsity) implements Structure {
        @Override
        public SparseInput generate(int matrixRows, int matrixCols, long seed) {
            return SparseInput.generated(matrixRows, matrixCols, rows, cols, sparsity, seed);
        }

        @Override
        public String name() {
            return rows + "x" + cols;
        }

        @Override
        public String label() {
            return name() + ", " + plain(100 * sparsity) + " %";
        }

        @Override
        public String options() {
            return options(name(), plain(sparsity));
        }

        /** The same with something else in place of the values. */
        static String options(String block, String sparsity) {
            return "--block " + block + " --sparsity " + sparsity;
        }

        private static String plain(double value) {
            return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
        }
    }

    /**
     * N of each M elements of a row, at random places.
     *
     * @param n elements kept of each group
     * @param m elements of a group
     * @param sharedRows outputs that keep the same places
     */
    record Nm(int n, int m, int sharedRows) implements Structure {
        @Override
        public SparseInput generate(int matrixRows, int matrixCols, long seed) {
            return SparseInput.nm(matrixRows, matrixCols, n, m, sharedRows, seed);
        }

        @Override
        public double sparsity() {
            return 1 - (double) n / m;
        }

        @Override
        public String name() {
            return sharedRows > 1 ? n + ":" + m + " shared by " + sharedRows : n + ":" + m;
        }

        @Override
        public String label() {
            return name();
        }

        @Override
        public String options() {
            return "--format nm --nm " + n + ":" + m + " --nm-shared " + sharedRows;
        }
    }
}
