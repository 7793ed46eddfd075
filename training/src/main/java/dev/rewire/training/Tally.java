package dev.rewire.training;

/** What a run has counted of its current epoch and of its tests. */
final class Tally {
    /** Sum of the losses of the images of this epoch. */
    double lossSum;

    /** Images of this epoch that were classified right. */
    long correct;

    /** Share of the test images classified right after the last epoch. */
    double testAccuracy = Double.NaN;

    /** The best of these. */
    double bestTestAccuracy = Double.NaN;

    /** Counts a batch. */
    void addBatch(SoftmaxCrossEntropy loss) {
        lossSum += loss.lossSum();
        correct += loss.correct();
    }

    /** Ends the epoch. */
    void endEpoch(double accuracy) {
        testAccuracy = accuracy;
        bestTestAccuracy = Double.isNaN(bestTestAccuracy) ? accuracy : Math.max(bestTestAccuracy, accuracy);
        lossSum = 0;
        correct = 0;
    }
}
