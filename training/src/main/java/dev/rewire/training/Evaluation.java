package dev.rewire.training;

/**
 * How well a network predicts some samples.
 *
 * @param loss mean over the predictions: cross-entropy in nats, or the squared error
 * @param accuracy share of the predictions that name the right class; NaN if they are no classes
 * @param predictions one for each sample, or each token of one
 */
public record Evaluation(double loss, double accuracy, long predictions) {}
