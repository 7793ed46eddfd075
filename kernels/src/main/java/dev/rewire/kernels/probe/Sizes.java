package dev.rewire.kernels.probe;

import java.util.Locale;

/** Numbers of bytes, for people. */
final class Sizes {
    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

    private Sizes() {}

    /** In the largest unit of which there is at least one, with at most one digit after the point. */
    static String text(long bytes) {
        int unit = bytes < 1 ? 0 : Math.min((63 - Long.numberOfLeadingZeros(bytes)) / 10, UNITS.length - 1);
        String number = String.format(Locale.ROOT, "%.1f", bytes / (double) (1L << (10 * unit)));
        return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + " " + UNITS[unit];
    }
}
