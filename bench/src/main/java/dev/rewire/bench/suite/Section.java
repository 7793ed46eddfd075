package dev.rewire.bench.suite;

/** A part of the suite. */
public enum Section {
    /** Speed-up against sparsity, for several shapes of blocks. */
    SPARSITY("sparsity"),
    /** The three products of one layer, in both layouts. */
    PRODUCTS("products"),
    /** Very few samples. */
    SMALL_BATCH("small-batch"),
    /** N:M patterns. */
    NM("nm"),
    /** A point of the atlas, which the suite has none of. */
    ATLAS("atlas");

    private final String key;

    Section(String key) {
        this.key = key;
    }

    /** The name in files. */
    @Override
    public String toString() {
        return key;
    }
}
