package dev.rewire.kernels.internal;

/**
 * What kernels read of four rows' lines of 16 places, those of one line after the other: for each place the number of its value from where the row's line begins, four bits
 * of 16 for each row; for each row the value where its line begins, an int; for each row a bit for each place that has a value; nothing.
 */
public final class LineRecord {
    /** Rows whose lines share a record. */
    public static final int ROWS = 4;

    /** Places of a line. */
    public static final int PLACES = 16;

    /** Of the number of a place's value. */
    public static final int SELECTOR_BITS = 4;

    /** Of a record. */
    public static final int BYTES = 64;

    /** To the first start. */
    public static final int STARTS = 32;

    /** To the bits. */
    public static final int MASKS = 48;

    private LineRecord() {}
}
