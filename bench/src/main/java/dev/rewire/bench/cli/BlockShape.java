package dev.rewire.bench.cli;

import dev.rewire.kernels.BlockPattern;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** A value of {@code --block}. */
record BlockShape(int rows, int cols) {
    private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})[xX](\\d{1,9})");

    static BlockShape parse(String text) {
        Matcher shape = SHAPE.matcher(text);
        if (shape.matches()) {
            BlockShape block = new BlockShape(Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)));
            if (fits(block.rows) && fits(block.cols)) {
                return block;
            }
        }
        throw new TypeConversionException("RxC with R and C from 1 to " + BlockPattern.MAX_BLOCK + ", as 16x16");
    }

    private static boolean fits(int side) {
        return side >= 1 && side <= BlockPattern.MAX_BLOCK;
    }
}
