package dev.rewire.training.cli.option;

import dev.rewire.training.data.Augmentation;
import dev.rewire.training.model.Model;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.WeightOverride;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options. A value that cannot be read ends in an exception whose message is what would have been accepted. */
public final class ValueConverters {
    private ValueConverters() {}

    /** Makes a command line read the values of options; after its subcommands were added. */
    public static void register(CommandLine commands) {
        registerNumbers(commands);
        registerChoice(commands, Method.class);
        registerChoice(commands, Distribution.class);
        registerChoice(commands, Device.class);
        registerChoice(commands, RateDecay.class);
        registerChoice(commands, Annealing.class);
        registerChoice(commands, OptimizerOptions.Kind.class);
        commands.registerConverter(Model.class, new ModelConverter());
        commands.registerConverter(Augmentation.class, ValueConverters::augmentation);
        commands.registerConverter(NmSparsity.class, new NmOptions.Converter());
        commands.registerConverter(WeightOverride.class, ValueConverters::override);
        commands.registerConverter(Block.class, new Block.Converter());
        commands.registerConverter(Rules.class, ValueConverters::rules);
    }

    private static Augmentation augmentation(String text) {
        try {
            return Augmentation.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(Augmentation.ACCEPTED);
        }
    }

    private static Rules rules(String text) {
        try {
            return Rules.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                    "set, rigl, rigl:STEPS from 2, snfs:DECAY:SQUARES and srigl:SHARE below 1, gse:PLACES up to 1000, chts");
        }
    }

    private static WeightOverride override(String text) {
        try {
            return WeightOverride.parse(text);
        } catch (InvalidConfigException e) {
            throw new TypeConversionException(e.accepted());
        }
    }

    private static void registerNumbers(CommandLine line) {
        ITypeConverter<Integer> integer = value -> number(value, Integer::valueOf, "integers of 32 bits");
        ITypeConverter<Long> longInteger = value -> number(value, Long::valueOf, "integers");
        ITypeConverter<Double> number = value -> number(value, Double::valueOf, "numbers");
        line.registerConverter(Integer.class, integer);
        line.registerConverter(int.class, integer);
        line.registerConverter(Long.class, longInteger);
        line.registerConverter(long.class, longInteger);
        line.registerConverter(Double.class, number);
        line.registerConverter(double.class, number);
        line.registerConverter(Boolean.class, ValueConverters::truth);
        line.registerConverter(boolean.class, ValueConverters::truth);
    }

    private static <N> N number(String value, Function<String, N> parse, String accepted) {
        try {
            return parse.apply(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(accepted);
        }
    }

    private static boolean truth(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new TypeConversionException("no value, true, false");
        };
    }

    /** Makes a command line read the constants of an enum, in any case. */
    private static <E extends Enum<E>> void registerChoice(CommandLine line, Class<E> type) {
        line.registerConverter(
                type,
                value -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> name(constant).equalsIgnoreCase(value))
                        .findFirst()
                        .orElseThrow(() -> new TypeConversionException(choices(type))));
    }

    /** A constant as on the command line. */
    public static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <E extends Enum<E>> String choices(Class<E> type) {
        return String.join(
                ", ",
                Arrays.stream(type.getEnumConstants())
                        .map(ValueConverters::name)
                        .toList());
    }
}
