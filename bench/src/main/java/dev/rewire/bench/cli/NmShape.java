package dev.rewire.bench.cli;

import dev.rewire.kernels.NmPattern;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** A value of {@code --nm}. */
record NmShape(int n, int m) {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

    static NmShape parse(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (shape.matches()) {
            int n = Integer.parseInt(shape.group(1));
            int m = Integer.parseInt(shape.group(2));
            if (m >= 2 && m <= NmPattern.MAX_M && Integer.bitCount(m) == 1 && n >= 1 && n <= m) {
                return new NmShape(n, m);
            }
        }
        throw new TypeConversionException("N:M with M one of 2, 4, 8, 16 and N from 1 to M, as 2:4");
    }
}
