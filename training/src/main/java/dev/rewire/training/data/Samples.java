package dev.rewire.training.data;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;

/**
 * Samples with what is to be learned of them, by number. {@link #shape} and {@link #target} say which of the methods that write a batch there are: the
 * others throw {@link UnsupportedOperationException}. Writing changes nothing here, so samples may be shared between threads; nothing is allocated.
 *
 * <p>A batch is {@code count} numbers of samples, from place {@code from} of {@code numbers} on: sample b of the batch is {@code numbers[from + b]}. Places of a
 * target that belong to no sample of the batch keep what they hold.
 *
 * <p>Samples of one's own are {@link ArraySamples} and {@link TokenSamples}, or another implementation.
 */
public interface Samples {
    /**
     * The number of samples.
     *
     * @return at least 1; samples are 0 to size &minus; 1
     */
    int size();

    /**
     * How many samples make an epoch.
     *
     * @return {@link #size}; less if samples overlap, as the windows of a text do: then each batch draws its numbers at random instead of visiting each
     */
    default int epochSize() {
        return size();
    }

    /**
     * What a sample is.
     *
     * @return features, an image or tokens
     */
    SampleShape shape();

    /**
     * What is to be learned of a sample.
     *
     * @return a class, a class for each token, or values
     */
    TargetShape target();

    /**
     * The samples as a network learns from them that is not to see the same one twice.
     *
     * @param augmentation what is done to them
     * @param seed decides what is drawn
     * @return samples that look different {@linkplain #inEpoch in each epoch}; these, if nothing is to be done
     * @throws UnsupportedOperationException if that cannot be done to them: it can to those of {@link ImageData}
     */
    default Samples augmented(Augmentation augmentation, long seed) {
        if (augmentation.equals(Augmentation.NONE)) {
            return this;
        }
        throw new UnsupportedOperationException("samples are " + shape() + ", which nothing augments");
    }

    /**
     * The samples as they look in an epoch: augmented ones look different in each.
     *
     * @param epoch its number
     * @return these samples, or others of the same size and shapes, which depend on nothing but the epoch
     */
    default Samples inEpoch(long epoch) {
        return this;
    }

    /**
     * Writes features, or images: element (row, col, channel) of the batch's sample b to row b, column {@code map.feature(row, col, channel)}. Of the margin nothing
     * is written.
     *
     * @param numbers of samples
     * @param from place of the batch's first
     * @param count samples of the batch
     * @param map {@code shape().map(halo)} of any halo
     * @param input of at least as many rows, and the map's features as columns
     * @throws IndexOutOfBoundsException if the batch reaches out of the numbers, or a number is none of a sample
     * @throws IllegalArgumentException if the map is of another shape, or the input of other sizes
     * @throws UnsupportedOperationException if samples are tokens
     */
    default void writeFeatures(int[] numbers, int from, int count, FeatureMap map, PanelMatrix input) {
        throw new UnsupportedOperationException("samples are " + shape() + ", which have no features");
    }

    /**
     * Writes tokens: token t of the batch's sample b to place {@code b · stride + t}.
     *
     * @param numbers of samples
     * @param from place of the batch's first
     * @param count samples of the batch
     * @param stride places of a sequence, at least the length of one
     * @param tokens where to
     * @throws IndexOutOfBoundsException if the batch reaches out of the numbers or the target, or a number is none of a sample
     * @throws IllegalArgumentException if the stride is less than a sequence
     * @throws UnsupportedOperationException if samples are no tokens
     */
    default void writeTokens(int[] numbers, int from, int count, int stride, int[] tokens) {
        throw new UnsupportedOperationException("samples are " + shape() + ", which have no tokens");
    }

    /**
     * Writes classes: that of the batch's sample b to place {@code b · stride}, or that of its token t to place {@code b · stride + t}.
     *
     * @param numbers of samples
     * @param from place of the batch's first
     * @param count samples of the batch
     * @param stride places of a sample: at least 1, or the length of a sequence if each token has a class
     * @param classes where to
     * @throws IndexOutOfBoundsException if the batch reaches out of the numbers or the target, or a number is none of a sample
     * @throws IllegalArgumentException if the stride is too small
     * @throws UnsupportedOperationException if targets are values
     */
    default void writeClasses(int[] numbers, int from, int count, int stride, int[] classes) {
        throw new UnsupportedOperationException("targets are " + target() + ", no classes");
    }

    /**
     * Writes values: value v of the batch's sample b to row b, column v.
     *
     * @param numbers of samples
     * @param from place of the batch's first
     * @param count samples of the batch
     * @param values of at least as many rows, and as many columns as a target has values
     * @throws IndexOutOfBoundsException if the batch reaches out of the numbers, or a number is none of a sample
     * @throws IllegalArgumentException if the panels are of other sizes
     * @throws UnsupportedOperationException if targets are classes
     */
    default void writeValues(int[] numbers, int from, int count, PanelMatrix values) {
        throw new UnsupportedOperationException("targets are " + target() + ", no values");
    }

    /**
     * What tells these samples from others: a run goes on with the same samples alone.
     *
     * @return SHA-256 in hexadecimal of what is learned, computed anew by each call
     */
    String sha256();
}
