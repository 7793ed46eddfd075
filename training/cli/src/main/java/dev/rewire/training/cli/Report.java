package dev.rewire.training.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.RunSummary;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.SrSte;
import java.time.format.DateTimeFormatter;
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
 * @param batch images of a step
 * @param optimizer its name and numbers
 * @param lr peak of the learning rate
 * @param schedule how it falls from there
 * @param warmup epochs in which it rises to its peak
 * @param deltaT steps from one rewiring to the next; null where nothing is rewired, as are alpha and rewireUntil
 * @param alpha share of a layer's blocks that the first rewiring exchanges
 * @param rewireUntil share of the steps after which nothing is rewired
 * @param srSte its decay and masks; null without sr-ste
 * @param seed of every random choice
 * @param device {@code cpu} or {@code gpu}
 * @param engine who computed the products of N:M layers, or all
 * @param threads that computed
 * @param epochs epochs completed
 * @param steps steps taken
 * @param trainSamples training images
 * @param testSamples test images
 * @param divergedAt where numbers became none; null if they did not, and with it all accuracies are null
 * @param testAccuracy after the last epoch, 0 to 1
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
 * @param topologyHash SHA-256 of the patterns
 * @param weightsHash SHA-256 of weights and biases
 * @param environment what the times depend on
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Report(
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
        int batch,
        Map<String, Object> optimizer,
        double lr,
        String schedule,
        int warmup,
        @Nullable Integer deltaT,
        @Nullable Double alpha,
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
        String topologyHash,
        String weightsHash,
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
        static Masks of(SrSte settings) {
            return new Masks(settings.decay(), settings.transposable(), settings.maskInterval());
        }
    }

    static Report of(
            TrainingConfig config,
            DataSet data,
            ImageData images,
            RunSummary run,
            @Nullable RunSummary dense,
            @Nullable Divergence divergence,
            Environment environment,
            Provenance provenance) {
        boolean rewires = config.method() == Method.SET || config.method() == Method.RIGL;
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
                config.batch(),
                OptimizerOptions.toMap(config.optimizer()),
                config.learningRate(),
                ValueConverters.name(config.rateDecay()),
                config.warmupEpochs(),
                rewires ? config.deltaT() : null,
                rewires ? config.alpha() : null,
                rewires ? config.rewireUntil() : null,
                config.method() == Method.SR_STE ? Masks.of(config.srSte()) : null,
                config.seed(),
                config.device().toString(),
                run.engine(),
                config.threads(),
                run.epochs(),
                run.steps(),
                images.train().size(),
                images.test().size(),
                divergence,
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
                run.topologyHash(),
                run.weightsHash(),
                environment);
    }

    /** JSON has no NaN. */
    private static @Nullable Double number(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
