package dev.rewire.training.cli.option;

import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of N:M sparsity and of SR-STE. */
final class NmOptions {
    private static final String NM = "--nm";
    private static final String DECAY = "--sr-ste-decay";
    private static final String TRANSPOSABLE = "--transposable";
    private static final String MASK_INTERVAL = "--mask-interval";

    @Option(
            names = NM,
            paramLabel = "N:M",
            description = "Keep N of every M weights of an output, as 2:4, instead of blocks; M is 2, 4, 8 or 16."
                    + " The output layer, and a layer whose inputs M does not divide, stay dense.")
    private @Nullable NmSparsity nm;

    @Option(names = DECAY, paramLabel = "L", description = "Decay of the weights that sr-ste masks (default: 0.0002).")
    private double decay;

    @Option(
            names = TRANSPOSABLE,
            description =
                    "Masks of sr-ste that are N:M along the outputs, too, so that the product of the backward pass is"
                            + " N:M as well; M is 2 or 4, and divides the outputs.")
    private boolean transposable;

    @Option(
            names = MASK_INTERVAL,
            paramLabel = "N",
            description =
                    "Steps from one choice of the masks of sr-ste to the next (default: 1, 40 with --transposable).")
    private int maskInterval;

    /** Reads a value of {@code --nm}. */
    static final class Converter implements ITypeConverter<NmSparsity> {
        private static final Pattern GROUP = Pattern.compile("(\\d{1,9}):(\\d{1,9})");

        @Override
        public NmSparsity convert(String value) {
            Matcher group = GROUP.matcher(value);
            if (!group.matches()) {
                throw new TypeConversionException(NmSparsity.ACCEPTED);
            }
            try {
                return new NmSparsity(Integer.parseInt(group.group(1)), Integer.parseInt(group.group(2)));
            } catch (InvalidConfigException e) {
                throw new TypeConversionException(NmSparsity.ACCEPTED);
            }
        }
    }

    /** Replaces the given options. */
    void applyTo(TrainingConfigBuilder settings, TrainingConfig base, Predicate<String> given) {
        if (given.test(NM)) {
            settings.nm(nm);
        }
        SrSte old = base.srSte();
        boolean becomesTransposable = given.test(TRANSPOSABLE) && transposable && !old.transposable();
        int interval = becomesTransposable ? SrSte.TRANSPOSABLE_INTERVAL : old.maskInterval();
        settings.srSte(new SrSte(
                given.test(DECAY) ? decay : old.decay(),
                given.test(TRANSPOSABLE) ? transposable : old.transposable(),
                given.test(MASK_INTERVAL) ? maskInterval : interval));
    }

    /**
     * Refuses options that the method has no use for: they would promise what does not happen.
     *
     * @param method that the run has
     * @param given whether an option was given
     */
    void requireUse(Method method, Predicate<String> given) {
        String fault = "does not go with --method " + ValueConverters.name(method);
        if (method == Method.DENSE && given.test(NM)) {
            throw new BadInputException(NM, String.valueOf(nm), fault, "sparse methods");
        }
        if (method == Method.SR_STE) {
            return;
        }
        Map<String, Object> values = Map.of(DECAY, decay, TRANSPOSABLE, transposable, MASK_INTERVAL, maskInterval);
        for (String option : List.of(DECAY, TRANSPOSABLE, MASK_INTERVAL)) {
            if (given.test(option)) {
                throw new BadInputException(
                        option, String.valueOf(values.get(option)), fault, "it with --method sr-ste");
            }
        }
    }

    /**
     * Refuses options that N:M decides.
     *
     * @param config settings with all options, N:M or not
     * @param sparsity that was given, or null
     * @param distribution that was given, or null
     * @param block that was given, or null
     */
    static void requireAgreement(
            TrainingConfig config,
            @Nullable Double sparsity,
            @Nullable Distribution distribution,
            @Nullable Block block) {
        NmSparsity nm = config.nm();
        if (nm == null) {
            return;
        }
        String fault = "does not go with " + NM + " " + nm;
        if (sparsity != null && sparsity != nm.sparsity()) {
            throw new BadInputException("--sparsity", sparsity, fault, nm.sparsity() + ", or none");
        }
        if (distribution != null && distribution != Distribution.UNIFORM) {
            throw new BadInputException(
                    "--distribution", ValueConverters.name(distribution), fault, "uniform, or none");
        }
        if (block != null && !block.equals(new Block(1, 1))) {
            throw new BadInputException("--block", block, fault, "1x1, or none");
        }
    }
}
