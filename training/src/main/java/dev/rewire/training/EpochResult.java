package dev.rewire.training;

/**
 * What an epoch came to.
 *
 * @param epoch its number, from 1
 * @param loss mean cross-entropy of its batches, each as it was before its update
 * @param trainAccuracy share of the images of its batches that were classified right, likewise
 * @param testAccuracy share of the test images that are classified right after the epoch
 * @param seconds duration of the epoch's steps, the test left out
 * @param rewirings steps of the epoch at which the network was rewired, or SR-STE chose its masks
 */
public record EpochResult(
        int epoch, double loss, double trainAccuracy, double testAccuracy, double seconds, long rewirings) {}
