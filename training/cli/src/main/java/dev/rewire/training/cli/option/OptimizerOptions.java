package dev.rewire.training.cli.option;

import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.optimizer.Optimizer.Adam;
import dev.rewire.training.optimizer.Optimizer.Sgd;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import picocli.CommandLine.Option;

/** The options of the optimiser. */
public final class OptimizerOptions {
    /** The names of optimisers. */
    enum Kind {
        SGD,
        ADAM,
        ADAMW;

        static Kind of(Optimizer optimizer) {
            return switch (optimizer) {
                case Sgd _ -> SGD;
                case Adam adam -> adam.decoupled() ? ADAMW : ADAM;
            };
        }
    }

    // Customary settings (Kingma and Ba 2015, section 2; Loshchilov and Hutter 2019 for the decay).
    private static final Adam ADAM = new Adam(0.9, 0.999, 1e-8, 0, false);
    private static final Adam ADAMW = new Adam(0.9, 0.999, 1e-8, 0.01, true);

    @Option(
            names = "--optimizer",
            paramLabel = "sgd|adam|adamw",
            defaultValue = "sgd",
            description = "The optimiser (default: ${DEFAULT-VALUE}, with Nesterov's momentum).")
    private Kind kind = Kind.SGD;

    @Option(names = "--momentum", paramLabel = "M", description = "Momentum of sgd, from 0 to below 1 (default: 0.9).")
    private double momentum;

    @Option(
            names = "--weight-decay",
            paramLabel = "W",
            description = "Weight decay, from 0 (default: 0.0005 with sgd, 0 with adam, 0.01 with adamw).")
    private double weightDecay;

    private Optimizer defaults(Optimizer sgd) {
        return switch (kind) {
            case SGD -> sgd;
            case ADAM -> ADAM;
            case ADAMW -> ADAMW;
        };
    }

    /** For programs: the name, and the numbers under the names that they have in {@link Optimizer}. */
    public static Map<String, Object> toMap(Optimizer optimizer) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", ValueConverters.name(Kind.of(optimizer)));
        switch (optimizer) {
            case Sgd sgd -> {
                map.put("momentum", sgd.momentum());
                map.put("nesterov", sgd.nesterov());
                map.put("weight_decay", sgd.weightDecay());
            }
            case Adam adam -> {
                map.put("beta1", adam.beta1());
                map.put("beta2", adam.beta2());
                map.put("epsilon", adam.epsilon());
                map.put("weight_decay", adam.weightDecay());
            }
        }
        return map;
    }

    /** An optimiser with the given options replaced. */
    Optimizer applyTo(Optimizer base, Predicate<String> given) {
        Optimizer start = given.test("--optimizer") && kind != Kind.of(base) ? defaults(base) : base;
        return switch (start) {
            case Sgd sgd -> applyTo(sgd, given);
            case Adam adam -> applyTo(adam, given);
        };
    }

    private Sgd applyTo(Sgd base, Predicate<String> given) {
        return new Sgd(
                given.test("--momentum") ? momentum : base.momentum(),
                base.nesterov(),
                given.test("--weight-decay") ? weightDecay : base.weightDecay());
    }

    private Adam applyTo(Adam base, Predicate<String> given) {
        if (given.test("--momentum")) {
            throw new BadInputException(
                    "--momentum", momentum, "is not for --optimizer " + (base.decoupled() ? "adamw" : "adam"), "sgd's");
        }
        return new Adam(
                base.beta1(),
                base.beta2(),
                base.epsilon(),
                given.test("--weight-decay") ? weightDecay : base.weightDecay(),
                base.decoupled());
    }
}
