package dev.rewire.training;

/**
 * What an epoch came to.
 *
 * @param epoch its number, from 1
 * @param loss mean loss of the predictions of its batches, each as it was before its update: cross-entropy, or the squared error
 * @param trainAccuracy share of these that named the right class; NaN if predictions are no classes
 * @param testLoss mean loss of the test samples after the epoch
 * @param testAccuracy share of the predictions of the test samples that name the right class after the epoch; NaN if they are no classes
 * @param seconds duration of the epoch's steps, the test left out
 * @param rewirings steps of the epoch at which the network was rewired, or SR-STE chose its masks
 */
public record EpochResult(
        int epoch,
        double loss,
        double trainAccuracy,
        double testLoss,
        double testAccuracy,
        double seconds,
        long rewirings) {}
