package dev.rewire.training;

import dev.rewire.training.data.Augmentation;
import dev.rewire.training.model.Model;
import dev.rewire.training.model.Presets;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.RateDecay;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.DropSchedule.Annealing;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.rewiring.Rules;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import dev.rewire.training.setting.WeightOverride;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A configuration as text, key by key, and back. Keys are those of the command line where it has them. */
final class ConfigText {
    private static final String NONE = "none";
    static final String SET = "set-";
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
        for (int i = 0; i < config.overrides().size(); i++) {
            text.put(SET + (i + 1), config.overrides().get(i).toString());
        }
        text.put("epochs", Integer.toString(config.epochs()));
        text.put("run-steps", Long.toString(config.steps()));
        text.put("eval-every", Integer.toString(config.evalEvery()));
        text.put("batch", Integer.toString(config.batch()));
        text.put("augment", config.augmentation().toString());
        text.put("lr", Double.toString(config.learningRate()));
        text.put("lr-decay", config.rateDecay().name());
        text.put("warmup", Integer.toString(config.warmupEpochs()));
        text.put("warmup-steps", Long.toString(config.warmupSteps()));
        formatOptimizer(config.optimizer(), text);
        text.put("clip", Double.toString(config.clip()));
        text.put("rules", config.rules() == null ? NONE : config.rules().text());
        text.put("drop-schedule", config.annealing().name());
        text.put("delta-t", Integer.toString(config.deltaT()));
        text.put("alpha", Double.toString(config.alpha()));
        text.put("rewire-from", Double.toString(config.rewireFrom()));
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
     * Reads a configuration whose model and rules are Rewire's.
     *
     * @throws IllegalArgumentException if a value is not accepted
     * @throws NoSuchElementException if a key is missing
     */
    static TrainingConfig parse(Map<String, String> text) {
        Rules rules = rules(value(text, "rules"));
        return parse(text, model(value(text, "model")), rules);
    }

    private static Model model(String text) {
        try {
            return Presets.parse(text);
        } catch (InvalidConfigException e) {
            throw new IllegalArgumentException(
                    "model " + text + " is no preset; accepted is to resume with the configuration that has it", e);
        }
    }

    private static @Nullable Rules rules(String text) {
        if (text.equals(NONE)) {
            return null;
        }
        try {
            return Rules.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "rules " + text
                            + " are none of Rewire's; accepted is to resume with the configuration that has them",
                    e);
        }
    }

    /**
     * Reads a configuration whose model and rules are given, since text cannot say what they do.
     *
     * @throws IllegalArgumentException if a value is not accepted
     * @throws NoSuchElementException if a key is missing
     */
    static TrainingConfig parse(Map<String, String> text, Model model, @Nullable Rules rules) {
        String[] block = value(text, "block").split("x", 2);
        return TrainingConfig.builder()
                .model(model)
                .method(Method.valueOf(value(text, "method")))
                .sparsity(number(text, "sparsity"))
                .distribution(Distribution.valueOf(value(text, "distribution")))
                .block(Integer.parseInt(block[0]), Integer.parseInt(block[block.length - 1]))
                .nm(parseNm(value(text, "nm")))
                .srSte(new SrSte(
                        number(text, "sr-ste-decay"),
                        Boolean.parseBoolean(value(text, "transposable")),
                        integer(text, "mask-interval")))
                .overrides(overrides(text))
                .epochs(integer(text, "epochs"))
                .steps(longInteger(text, "run-steps"))
                .evalEvery(integer(text, "eval-every"))
                .batch(integer(text, "batch"))
                .augmentation(Augmentation.parse(value(text, "augment")))
                .learningRate(number(text, "lr"))
                .rateDecay(RateDecay.valueOf(value(text, "lr-decay")))
                .warmupEpochs(integer(text, "warmup"))
                .warmupSteps(longInteger(text, "warmup-steps"))
                .optimizer(parseOptimizer(text))
                .clip(number(text, "clip"))
                .rules(rules)
                .annealing(Annealing.valueOf(value(text, "drop-schedule")))
                .deltaT(integer(text, "delta-t"))
                .alpha(number(text, "alpha"))
                .rewireFrom(number(text, "rewire-from"))
                .rewireUntil(number(text, "rewire-until"))
                .seed(longInteger(text, "seed"))
                // Checkpoints of before there was a choice have none.
                .device(Device.valueOf(text.getOrDefault("device", Device.CPU.name())))
                .threads(integer(text, "threads"))
                .build();
    }

    private static List<WeightOverride> overrides(Map<String, String> text) {
        List<WeightOverride> overrides = new ArrayList<>();
        for (String set = text.get(SET + 1); set != null; set = text.get(SET + (overrides.size() + 1))) {
            overrides.add(WeightOverride.parse(set));
        }
        return overrides;
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

    private static long longInteger(Map<String, String> text, String key) {
        return Long.parseLong(value(text, key));
    }

    private static int integer(Map<String, String> text, String key) {
        return Integer.parseInt(value(text, key));
    }
}
