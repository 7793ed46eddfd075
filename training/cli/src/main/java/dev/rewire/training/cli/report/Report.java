package dev.rewire.training.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.ProfileRow;
import dev.rewire.training.RunSummary;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.cli.option.Block;
import dev.rewire.training.cli.option.OptimizerOptions;
import dev.rewire.training.cli.option.ValueConverters;
import dev.rewire.training.data.Augmentation;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.TargetShape;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.SrSte;
import dev.rewire.training.setting.WeightOverride;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --json} prints. The components are the keys, in snake case and in this order; those that are null are left out.
 *
 * @param rewire version and commit
 * @param date when the run ended
 * @param command what was typed
 * @param data what it learned from
 * @param method how the network was trained
 * @param model features from the input to the logits
 * @param sparsity share of absent weights that was asked for
 * @param block shape of a block of weights; null with N:M
 * @param nm N:M, as 2:4; null with blocks
 * @param distribution how the sparsity was shared out
 * @param set settings of some weights, as on the command line; null without any
 * @param batch samples of a step
 * @param augment what is done to training images; null for nothing
 * @param optimizer its name and numbers
 * @param lr peak of the learning rate
 * @param schedule how it falls from there
 * @param warmup epochs in which it rises to its peak
 * @param warmupSteps the same in steps; null where epochs say it
 * @param clip largest norm of the gradient; null for any
 * @param deltaT steps from one rewiring to the next; null where nothing is rewired, as are those from alpha to rewireUntil
 * @param alpha share of a layer's blocks that the first rewiring exchanges
 * @param dropSchedule how that share falls
 * @param rewireFrom share of the steps before the first rewiring
 * @param rewireUntil share of the steps after which nothing is rewired
 * @param srSte its decay and masks; null without sr-ste
 * @param seed of every random choice
 * @param device {@code cpu} or {@code gpu}
 * @param engine who computed the products of N:M layers, or all
 * @param threads that computed
 * @param epochs epochs completed
 * @param steps steps taken
 * @param trainSamples training samples
 * @param testSamples test samples
 * @param divergedAt where numbers became none; null if they did not, and with it all accuracies are null
 * @param loss mean training loss of the last epoch
 * @param validationLoss mean loss of the test samples after it; null where classes of whole samples are told apart
 * @param testAccuracy after the last epoch, 0 to 1; null where predictions are no classes
 * @param bestTestAccuracy of all epochs
 * @param nnz weights stored, biases not counted
 * @param denseParameters weights of the dense network, biases not counted
 * @param trainFlops floating-point operations of all steps
 * @param denseTrainFlops those of as many steps of the dense network
 * @param stepMsMedian median duration of a step; null if none was taken since the run was resumed
 * @param denseStepMsMedian that of the dense network; null without comparison
 * @param speedupVsDense denseStepMsMedian / stepMsMedian; null without comparison
 * @param denseTestAccuracy test accuracy of the dense network; null without comparison
 * @param rewirings steps at which the network was rewired
 * @param rewireMsTotal duration of all rewirings
 * @param rewireShare share of the training time that they took
 * @param explorationRate share of positions ever active
 * @param maskFlipRate share of the weights under a mask that its last choice masked or unmasked; null without sr-ste
 * @param peakMemoryBytes the most off-heap memory at a time, as {@link RunSummary} counts it
 * @param parameterMemoryBytes that of parameters: values, gradients, slots, copies and indices
 * @param denseMemoryBytes that of the dense network's parameters: values, gradients and slots
 * @param topologyHash SHA-256 of the patterns
 * @param weightsHash SHA-256 of weights and biases
 * @param profile what the parts of a step took; null without --profile, and where no step was taken
 * @param environment what the times depend on
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Report(
        Map<String, @Nullable Object> rewire,
        String date,
        String command,
        DataSet data,
        String method,
        String model,
        double sparsity,
        @Nullable String block,
        @Nullable String nm,
        String distribution,
        @Nullable List<String> set,
        int batch,
        @Nullable String augment,
        Map<String, Object> optimizer,
        double lr,
        String schedule,
        int warmup,
        @Nullable Long warmupSteps,
        @Nullable Double clip,
        @Nullable Integer deltaT,
        @Nullable Double alpha,
        @Nullable String dropSchedule,
        @Nullable Double rewireFrom,
        @Nullable Double rewireUntil,
        @Nullable Masks srSte,
        long seed,
        String device,
        String engine,
        int threads,
        int epochs,
        long steps,
        int trainSamples,
        int testSamples,
        @Nullable Divergence divergedAt,
        @Nullable Double loss,
        @Nullable Double validationLoss,
        @Nullable Double testAccuracy,
        @Nullable Double bestTestAccuracy,
        long nnz,
        long denseParameters,
        double trainFlops,
        double denseTrainFlops,
        @Nullable Double stepMsMedian,
        @Nullable Double denseStepMsMedian,
        @Nullable Double speedupVsDense,
        @Nullable Double denseTestAccuracy,
        long rewirings,
        double rewireMsTotal,
        double rewireShare,
        double explorationRate,
        @Nullable Double maskFlipRate,
        long peakMemoryBytes,
        long parameterMemoryBytes,
        long denseMemoryBytes,
        String topologyHash,
        String weightsHash,
        @Nullable List<Part> profile,
        Environment environment) {
    /**
     * The settings of sr-ste.
     *
     * @param decay of the weights that are masked
     * @param transposable whether masks are N:M along the outputs, too
     * @param maskInterval steps from one choice of the masks to the next
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Masks(double decay, boolean transposable, int maskInterval) {
        public static Masks of(SrSte settings) {
            return new Masks(settings.decay(), settings.transposable(), settings.maskInterval());
        }
    }

    /**
     * What a part of a step took.
     *
     * @param part its name
     * @param msMedian median duration
     * @param share of the time of all steps
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record Part(String part, double msMedian, double share) {
        public static Part of(ProfileRow row) {
            return new Part(row.part(), row.medianMillis(), row.share());
        }
    }

    public static Report of(
            TrainingConfig config,
            DataSet data,
            DataSplit samples,
            RunSummary run,
            List<ProfileRow> profile,
            @Nullable RunSummary dense,
            @Nullable Divergence divergence,
            Environment environment,
            Provenance provenance) {
        boolean rewires = config.method().rewires();
        boolean converged = divergence == null;
        return new Report(
                provenance.build().toMap(),
                provenance.date().format(DateTimeFormatter.ISO_OFFSET_DATE_TIME),
                provenance.command(),
                data,
                ValueConverters.name(config.method()),
                config.modelText(),
                config.sparsity(),
                config.nm() == null ? new Block(config.blockRows(), config.blockCols()).toString() : null,
                config.nm() == null ? null : config.nm().toString(),
                ValueConverters.name(config.distribution()),
                config.overrides().isEmpty()
                        ? null
                        : config.overrides().stream()
                                .map(WeightOverride::toString)
                                .toList(),
                config.batch(),
                config.augmentation().equals(Augmentation.NONE)
                        ? null
                        : config.augmentation().toString(),
                OptimizerOptions.toMap(config.optimizer()),
                config.learningRate(),
                ValueConverters.name(config.rateDecay()),
                config.warmupEpochs(),
                config.warmupSteps() == 0 ? null : config.warmupSteps(),
                config.clip() == 0 ? null : config.clip(),
                rewires ? config.deltaT() : null,
                rewires ? config.alpha() : null,
                rewires ? ValueConverters.name(config.annealing()) : null,
                rewires ? config.rewireFrom() : null,
                rewires ? config.rewireUntil() : null,
                config.method() == Method.SR_STE ? Masks.of(config.srSte()) : null,
                config.seed(),
                config.device().toString(),
                run.engine(),
                config.threads(),
                run.epochs(),
                run.steps(),
                samples.train().size(),
                samples.test().size(),
                divergence,
                converged ? number(run.loss()) : null,
                converged && !(samples.target() instanceof TargetShape.Classes) ? number(run.testLoss()) : null,
                converged ? number(run.testAccuracy()) : null,
                converged ? number(run.bestTestAccuracy()) : null,
                run.nonzeros(),
                run.denseParameters(),
                run.trainFlops(),
                run.denseTrainFlops(),
                number(run.stepMillisMedian()),
                dense == null ? null : number(dense.stepMillisMedian()),
                dense == null || !converged ? null : number(dense.stepMillisMedian() / run.stepMillisMedian()),
                dense == null || !converged ? null : number(dense.testAccuracy()),
                run.rewirings(),
                run.rewireMillisTotal(),
                run.rewireShare(),
                run.explorationRate(),
                number(run.maskFlipRate()),
                run.peakMemoryBytes(),
                run.parameterMemoryBytes(),
                run.denseMemoryBytes(),
                run.topologyHash(),
                run.weightsHash(),
                profile.isEmpty() ? null : profile.stream().map(Part::of).toList(),
                environment);
    }

    /** JSON has no NaN. */
    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }

    /** For programs, on several lines. */
    public String toJson() throws JsonProcessingException {
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .build()
                .writeValueAsString(this);
    }
}
