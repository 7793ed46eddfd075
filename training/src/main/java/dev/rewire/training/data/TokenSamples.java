package dev.rewire.training.data;

import dev.rewire.training.data.SampleShape.Tokens;
import dev.rewire.training.data.TargetShape.TokenClasses;
import dev.rewire.training.internal.Arguments;
import dev.rewire.training.internal.ContentHash;

/**
 * Windows of a sequence of tokens: a sample is {@code length} tokens that follow each other, and the class of each is the token after it. Immutable.
 *
 * <p>To train, windows start at every token, and a batch draws its starts: sample s starts at token s. To validate, each window starts where the last one ends;
 * what is left over behind the last whole window belongs to none.
 */
public final class TokenSamples implements Samples {
    private final int[] tokens;
    private final int from;
    private final int to;
    private final Tokens shape;

    /** Tokens from the start of a window to that of the next. */
    private final int step;

    /** Windows of the tokens {@code from} to {@code to - 1}, which are borrowed and checked already. */
    TokenSamples(int[] tokens, int from, int to, Tokens shape, int step) {
        this.tokens = tokens;
        this.from = from;
        this.to = to;
        this.shape = shape;
        this.step = step;
    }

    /**
     * All windows, to train on.
     *
     * @param tokens the sequence, longer than a window
     * @param shape length of a window, and the number of tokens that there are
     * @return a sample for each start
     * @throws IllegalArgumentException if there are too few tokens, or one is out of range
     */
    public static TokenSamples overlapping(int[] tokens, Tokens shape) {
        return new TokenSamples(checked(tokens, shape), 0, tokens.length, shape, 1);
    }

    /**
     * Windows that follow each other, to validate on.
     *
     * @param tokens the sequence, longer than a window
     * @param shape length of a window, and the number of tokens that there are
     * @return as many samples as there are whole windows
     * @throws IllegalArgumentException if there are too few tokens, or one is out of range
     */
    public static TokenSamples consecutive(int[] tokens, Tokens shape) {
        return new TokenSamples(checked(tokens, shape), 0, tokens.length, shape, shape.length());
    }

    private static int[] checked(int[] tokens, Tokens shape) {
        if (tokens.length <= shape.length()) {
            throw new IllegalArgumentException("tokens: there are " + tokens.length + "; accepted are "
                    + (shape.length() + 1L) + " and more, a window of " + shape.length() + " and the token after it");
        }
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= shape.vocabulary()) {
                throw new IllegalArgumentException("tokens[" + i + "]: " + tokens[i]
                        + " is out of range; accepted are 0 to " + (shape.vocabulary() - 1));
            }
        }
        return tokens.clone();
    }

    @Override
    public int size() {
        return (to - from - 1 - shape.length()) / step + 1;
    }

    /**
     * Windows that fit behind each other.
     *
     * @return (tokens &minus; 1) / length, rounded down
     */
    @Override
    public int epochSize() {
        return (to - from - 1) / shape.length();
    }

    @Override
    public Tokens shape() {
        return shape;
    }

    @Override
    public TokenClasses target() {
        return new TokenClasses(shape.vocabulary());
    }

    @Override
    public void writeTokens(int[] numbers, int first, int count, int stride, int[] places) {
        write(numbers, first, count, stride, places, from);
    }

    @Override
    public void writeClasses(int[] numbers, int first, int count, int stride, int[] places) {
        write(numbers, first, count, stride, places, from + 1);
    }

    private void write(int[] numbers, int first, int count, int stride, int[] places, int origin) {
        Arguments.batch(numbers, first, count, size());
        Arguments.places(count, stride, shape.length(), places);
        for (int b = 0; b < count; b++) {
            System.arraycopy(tokens, origin + numbers[first + b] * step, places, b * stride, shape.length());
        }
    }

    /**
     * What tells the tokens from others; the length of a window is no part of it.
     *
     * @return SHA-256 of the number of tokens that there are and the sequence
     */
    @Override
    public String sha256() {
        return new ContentHash().ints(shape.vocabulary()).ints(tokens, from, to).hex();
    }
}
