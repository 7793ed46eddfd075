package dev.rewire.bench.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options. A value that cannot be read ends in an exception whose message is what would have been accepted. */
final class OptionValues {
    private OptionValues() {}

    static void register(CommandLine line) {
        ITypeConverter<Integer> integer = value -> number(value, Integer::valueOf, "integers of 32 bits");
        ITypeConverter<Long> longInteger = value -> number(value, Long::valueOf, "integers of 64 bits");
        ITypeConverter<Double> number = value -> number(value, Double::valueOf, "numbers");
        line.registerConverter(Integer.class, integer);
        line.registerConverter(int.class, integer);
        line.registerConverter(long.class, longInteger);
        line.registerConverter(Double.class, number);
        line.registerConverter(double.class, number);
        line.registerConverter(BlockShape.class, BlockShape::parse);
        line.registerConverter(NmShape.class, NmShape::parse);
    }

    private static <N> N number(String value, Function<String, N> parse, String accepted) {
        try {
            return parse.apply(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(accepted);
        }
    }

    /** Makes a command line read some constants by their names as {@link #name} gives them. */
    static <E extends Enum<E>> void registerChoice(CommandLine line, Class<E> type, E[] constants) {
        List<String> names = Arrays.stream(constants).map(OptionValues::name).toList();
        line.registerConverter(type, value -> {
            int index = names.indexOf(value.toLowerCase(Locale.ROOT));
            if (index < 0) {
                throw new TypeConversionException(String.join(", ", names));
            }
            return constants[index];
        });
    }

    /** A constant as it is written on the command line. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
