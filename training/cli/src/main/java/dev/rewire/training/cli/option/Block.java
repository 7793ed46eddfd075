package dev.rewire.training.cli.option;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A value of {@code --block}: the shape of a block of weights. */
public record Block(int rows, int cols) {
    static final class Converter implements ITypeConverter<Block> {
        // Nine digits fit an int; whether the number makes sense is not decided here.
        private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})[xX](\\d{1,9})");

        @Override
        public Block convert(String value) {
            Matcher shape = SHAPE.matcher(value);
            if (!shape.matches()) {
                throw new TypeConversionException("RxC, rows and columns, as 16x16");
            }
            return new Block(Integer.parseInt(shape.group(1)), Integer.parseInt(shape.group(2)));
        }
    }

    @Override
    public String toString() {
        return rows + "x" + cols;
    }
}
