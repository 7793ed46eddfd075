package dev.rewire.training;

/** What a network makes of some samples: a prediction for each, or for each token, those of a sample together. */
public final class Predictions {
    private final float[][] outputs;

    Predictions(float[][] outputs) {
        this.outputs = outputs;
    }

    /**
     * The outputs of the network.
     *
     * @return for each prediction the logits of a classifier, or numbers; the array itself
     */
    public float[][] outputs() {
        return outputs;
    }

    /**
     * The classes of largest logit, of equal ones the first.
     *
     * @return one for each prediction
     */
    public int[] classes() {
        int[] classes = new int[outputs.length];
        for (int p = 0; p < classes.length; p++) {
            for (int c = 1; c < outputs[p].length; c++) {
                classes[p] = outputs[p][c] > outputs[p][classes[p]] ? c : classes[p];
            }
        }
        return classes;
    }

    /**
     * The softmax of the outputs.
     *
     * @return for each prediction the probability of each class
     */
    public double[][] probabilities() {
        int[] largest = classes();
        double[][] probabilities = new double[outputs.length][];
        for (int p = 0; p < largest.length; p++) {
            double[] powers = new double[outputs[p].length];
            double sum = 0;
            for (int c = 0; c < powers.length; c++) {
                powers[c] = Math.exp((double) outputs[p][c] - outputs[p][largest[p]]);
                sum += powers[c];
            }
            for (int c = 0; c < powers.length; c++) {
                powers[c] /= sum;
            }
            probabilities[p] = powers;
        }
        return probabilities;
    }
}
