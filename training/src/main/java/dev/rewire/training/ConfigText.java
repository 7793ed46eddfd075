package dev.rewire.training;

import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A configuration as text, key by key, and back. Keys are those of the command line where it has them. */
final class ConfigText {
    private static final String NONE = "none";
    private static final String SGD = "sgd";
    private static final String ADAM = "adam";
    private static final String ADAMW = "adamw";

    private ConfigText() {}

    static Map<String, String> format(TrainingConfig config) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("model", config.modelText());
        text.put("method", config.method().name());
        text.put("sparsity", Double.toString(config.sparsity()));
        text.put("distribution", config.distribution().name());
        text.put("block", config.blockRows() + "x" + config.blockCols());
        text.put("nm", config.nm() == null ? NONE : config.nm().toString());
        text.put("sr-ste-decay", Double.toString(config.srSte().decay()));
        text.put("transposable", Boolean.toString(config.srSte().transposable()));
        text.put("mask-interval", Integer.toString(config.srSte().maskInterval()));
        text.put("epochs", Integer.toString(config.epochs()));
        text.put("batch", Integer.toString(config.batch()));
        text.put("lr", Double.toString(config.learningRate()));
        text.put("lr-decay", config.rateDecay().name());
        text.put("warmup", Integer.toString(config.warmupEpochs()));
        formatOptimizer(config.optimizer(), text);
        text.put("delta-t", Integer.toString(config.deltaT()));
        text.put("alpha", Double.toString(config.alpha()));
        text.put("rewire-until", Double.toString(config.rewireUntil()));
        text.put("seed", Long.toString(config.seed()));
        text.put("device", config.device().name());
        text.put("threads", Integer.toString(config.threads()));
        return text;
    }

    private static void formatOptimizer(Optimizer optimizer, Map<String, String> text) {
        if (optimizer instanceof Optimizer.Sgd sgd) {
            text.put("optimizer", SGD);
            text.put("momentum", Double.toString(sgd.momentum()));
            text.put("nesterov", Boolean.toString(sgd.nesterov()));
            text.put("weight-decay", Double.toString(sgd.weightDecay()));
        } else if (optimizer instanceof Optimizer.Adam adam) {
            text.put("optimizer", adam.decoupled() ? ADAMW : ADAM);
            text.put("beta1", Double.toString(adam.beta1()));
            text.put("beta2", Double.toString(adam.beta2()));
            text.put("epsilon", Double.toString(adam.epsilon()));
            text.put("weight-decay", Double.toString(adam.weightDecay()));
        }
    }

    /**
     * Reads a configuration.
     *
     * @throws IllegalArgumentException if a value is not accepted
     * @throws NoSuchElementException if a key is missing
     */
    static TrainingConfig parse(Map<String, String> text) {
        String[] block = value(text, "block").split("x", 2);
        return new TrainingConfig(
                Presets.parse(value(text, "model")),
                Method.valueOf(value(text, "method")),
                number(text, "sparsity"),
                Distribution.valueOf(value(text, "distribution")),
                Integer.parseInt(block[0]),
                Integer.parseInt(block[block.length - 1]),
                parseNm(value(text, "nm")),
                new SrSte(
                        number(text, "sr-ste-decay"),
                        Boolean.parseBoolean(value(text, "transposable")),
                        integer(text, "mask-interval")),
                integer(text, "epochs"),
                integer(text, "batch"),
                number(text, "lr"),
                RateDecay.valueOf(value(text, "lr-decay")),
                integer(text, "warmup"),
                parseOptimizer(text),
                integer(text, "delta-t"),
                number(text, "alpha"),
                number(text, "rewire-until"),
                Long.parseLong(value(text, "seed")),
                // Checkpoints of before there was a choice have none.
                Device.valueOf(text.getOrDefault("device", Device.CPU.name())),
                integer(text, "threads"));
    }

    private static @Nullable NmSparsity parseNm(String text) {
        if (text.equals(NONE)) {
            return null;
        }
        String[] numbers = text.split(":", 2);
        return new NmSparsity(Integer.parseInt(numbers[0]), Integer.parseInt(numbers[numbers.length - 1]));
    }

    private static Optimizer parseOptimizer(Map<String, String> text) {
        String name = value(text, "optimizer");
        double decay = number(text, "weight-decay");
        return switch (name) {
            case SGD ->
                new Optimizer.Sgd(number(text, "momentum"), Boolean.parseBoolean(value(text, "nesterov")), decay);
            case ADAM, ADAMW ->
                new Optimizer.Adam(
                        number(text, "beta1"),
                        number(text, "beta2"),
                        number(text, "epsilon"),
                        decay,
                        name.equals(ADAMW));
            default -> throw new IllegalArgumentException("optimizer " + name);
        };
    }

    static String value(Map<String, String> text, String key) {
        String value = text.get(key);
        if (value == null) {
            throw new NoSuchElementException("no " + key);
        }
        return value;
    }

    private static double number(Map<String, String> text, String key) {
        return Double.parseDouble(value(text, key));
    }

    private static int integer(Map<String, String> text, String key) {
        return Integer.parseInt(value(text, key));
    }
}
