package dev.rewire.training.data;

import dev.rewire.training.internal.Arguments;

/**
 * Samples to learn from, and others that show how well.
 *
 * @param train the samples to learn from
 * @param test the samples to test or validate with
 */
public record DataSplit(Samples train, Samples test) {
    /**
     * Checks that the samples fit each other.
     *
     * @throws IllegalArgumentException if there are none, or they are of different shapes or targets
     */
    public DataSplit {
        Arguments.atLeastOne("train.size", train.size());
        Arguments.atLeastOne("test.size", test.size());
        requireEqual("test.shape", test.shape(), train.shape());
        requireEqual("test.target", test.target(), train.target());
    }

    private static void requireEqual(String argument, Object value, Object accepted) {
        if (!value.equals(accepted)) {
            throw new IllegalArgumentException(
                    argument + ": " + value + "; accepted is that of the training samples, " + accepted);
        }
    }

    /** {@return what a sample is} */
    public SampleShape shape() {
        return train.shape();
    }

    /** {@return what is to be learned of a sample} */
    public TargetShape target() {
        return train.target();
    }
}
