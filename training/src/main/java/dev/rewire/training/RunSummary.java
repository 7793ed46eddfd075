package dev.rewire.training;

import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.loop.Hashes;
import dev.rewire.training.loop.StepTimes;
import dev.rewire.training.rewiring.Flops;
import dev.rewire.training.rewiring.MaskRefresh;
import dev.rewire.training.rewiring.ParameterRewiring;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a run stands. Times are of this process, so a resumed run starts them anew; all else is of the whole run.
 *
 * @param epochs epochs completed
 * @param steps steps taken
 * @param loss mean loss of the predictions of the last epoch's batches, NaN before the first one ends
 * @param testLoss mean loss of the test samples after it
 * @param testAccuracy share of the predictions of the test samples that name the right class after it; NaN if they are no classes
 * @param bestTestAccuracy the best of all epochs, NaN before the first one ends
 * @param nonzeros weights that are computed with, biases and padding not counted; all that are stored, but for SR-STE
 * @param denseParameters weights of the dense network, biases not counted
 * @param trainFlops floating-point operations of all steps, as {@link Flops} counts them
 * @param denseTrainFlops those of as many steps of the dense network
 * @param stepMillisMedian median duration of the steps without rewiring (of all steps with SR-STE), from the loading of the batch to the update; NaN without any
 * @param stepMillisTotal duration of all steps together, those with rewiring included
 * @param rewirings steps at which the network was rewired, or SR-STE chose its masks
 * @param rewireMillisTotal duration of all rewirings, dense gradients included
 * @param explorationRate share of the weights of the dense network that were ever computed with
 * @param maskFlipRate share of the weights under a mask that its last choice masked or unmasked; NaN before the first one and without SR-STE
 * @param peakMemoryBytes the most off-heap memory that the run had at a time: parameters, activations and their gradients, targets, and the scratch of plans. The samples, on the
 *     heap, and memory of a library or device are not counted
 * @param parameterMemoryBytes that of parameters alone: values, gradients, slots of the optimiser, copies that products read, the indices of patterns and products, and the gradients that a rule keeps
 * @param denseMemoryBytes what parameters would take in the dense network: values, gradients and slots, 4 bytes each
 * @param topologyHash SHA-256 of all patterns, in hexadecimal
 * @param weightsHash SHA-256 of all weights and biases, in hexadecimal
 * @param engine who computes the products: {@code rewire}, or the name of a {@link DenseBackend} or {@link NmBackend}
 */
public record RunSummary(
        int epochs,
        long steps,
        double loss,
        double testLoss,
        double testAccuracy,
        double bestTestAccuracy,
        long nonzeros,
        long denseParameters,
        double trainFlops,
        double denseTrainFlops,
        double stepMillisMedian,
        double stepMillisTotal,
        long rewirings,
        double rewireMillisTotal,
        double explorationRate,
        double maskFlipRate,
        long peakMemoryBytes,
        long parameterMemoryBytes,
        long denseMemoryBytes,
        String topologyHash,
        String weightsHash,
        String engine) {
    /** Collects where a run stands. */
    static RunSummary of(int epochs, int batch, Trainer trainer, Tally tally, StepTimes times, String engine) {
        Network network = trainer.network();
        List<EpochResult> results = tally.results();
        EpochResult last = results.isEmpty() ? null : results.getLast();
        long dense = trainer.denseWeights();
        long explored = trainer.rewirings().stream()
                .mapToLong(ParameterRewiring::exploredWeights)
                .sum();
        return new RunSummary(
                epochs,
                trainer.progress().steps,
                last == null ? Double.NaN : last.loss(),
                last == null ? Double.NaN : last.testLoss(),
                tally.testAccuracy(),
                tally.bestTestAccuracy(),
                Arrays.stream(network.nonzeros()).sum(),
                dense,
                trainer.flops() * batch,
                trainer.denseFlops() * batch,
                times.medianNanos() / 1e6,
                times.totalNanos() / 1e6,
                trainer.progress().rewirings,
                trainer.progress().rewireNanos / 1e6,
                (double) explored / dense,
                flipRate(trainer),
                network.setting().arena().peakBytes(),
                network.bytes()
                        + trainer.rewirings().stream()
                                .mapToLong(ParameterRewiring::bytes)
                                .sum(),
                trainer.denseBytes(),
                Hashes.topology(network.patterns()),
                weightsHash(network),
                engine);
    }

    /** Of all parameters, and what layers keep beside them. */
    private static String weightsHash(Network network) {
        List<MemorySegment> floats = new ArrayList<>();
        network.parameters().forEach(parameter -> floats.add(Network.values(parameter.parameter())));
        network.statistics().forEach(statistics -> floats.add(statistics.floats()));
        return Hashes.floats(floats);
    }

    private static double flipRate(Trainer trainer) {
        long flips = 0;
        long weights = 0;
        for (ParameterRewiring layer : trainer.rewirings()) {
            if (layer instanceof MaskRefresh masked && masked.flips() >= 0) {
                flips += masked.flips();
                weights += masked.cells();
            }
        }
        return (double) flips / weights;
    }

    /**
     * The share of the training time that rewiring takes.
     *
     * @return rewireMillisTotal / stepMillisTotal, 0 if no step was taken
     */
    public double rewireShare() {
        return stepMillisTotal == 0 ? 0 : rewireMillisTotal / stepMillisTotal;
    }
}
