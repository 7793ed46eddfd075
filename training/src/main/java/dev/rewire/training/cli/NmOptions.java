package dev.rewire.training.cli;

import dev.rewire.training.Distribution;
import dev.rewire.training.InvalidConfigException;
import dev.rewire.training.NmSparsity;
import dev.rewire.training.SrSte;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingConfigBuilder;
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

    @Option(
            names = NM,
            paramLabel = "N:M",
            description = "Keep N of every M weights of an output, as 2:4, instead of blocks; M is 2, 4, 8 or 16."
                    + " The output layer, and a layer whose inputs M does not divide, stay dense.")
    private @Nullable NmSparsity nm;

    @Option(
            names = "--sr-ste-decay",
            paramLabel = "L",
            description = "Decay of the weights that sr-ste masks (default: 0.0002).")
    private double decay;

    @Option(
            names = "--transposable",
            description =
                    "Masks of sr-ste that are N:M along the outputs, too, so that the product of the backward pass is"
                            + " N:M as well; M is 2 or 4, and divides the outputs.")
    private boolean transposable;

    @Option(
            names = "--mask-interval",
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
        boolean becomesTransposable = given.test("--transposable") && transposable && !old.transposable();
        int interval = becomesTransposable ? SrSte.TRANSPOSABLE_INTERVAL : old.maskInterval();
        settings.srSte(new SrSte(
                given.test("--sr-ste-decay") ? decay : old.decay(),
                given.test("--transposable") ? transposable : old.transposable(),
                given.test("--mask-interval") ? maskInterval : interval));
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
