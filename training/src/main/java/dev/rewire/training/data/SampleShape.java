package dev.rewire.training.data;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.training.internal.Arguments;

/** What a sample is. */
public sealed interface SampleShape {
    /**
     * How panels hold such samples.
     *
     * @param halo width of the margin of zeros that a convolution wants around an image, at least 0
     * @return positions and channels; flat features are the channels of one position
     * @throws IllegalArgumentException if the margin is out of range
     * @throws UnsupportedOperationException if samples are tokens, which panels do not hold
     */
    FeatureMap map(int halo);

    /**
     * The shape as text.
     *
     * @return its kind and numbers, as {@code image 28 28 1}
     */
    default String text() {
        return switch (this) {
            case Features features -> "features " + features.count();
            case Image image -> "image " + image.height() + " " + image.width() + " " + image.channels();
            case Tokens tokens -> "tokens " + tokens.length() + " " + tokens.vocabulary();
        };
    }

    /**
     * Reads a shape.
     *
     * @param text as {@link #text} has it
     * @return the shape
     * @throws IllegalArgumentException if it is none
     */
    static SampleShape parse(String text) {
        String[] words = text.split(" ", -1);
        int[] numbers = Arguments.numbers(words);
        return switch (words[0] + numbers.length) {
            case "features1" -> new Features(numbers[0]);
            case "image3" -> new Image(numbers[0], numbers[1], numbers[2]);
            case "tokens2" -> new Tokens(numbers[0], numbers[1]);
            default ->
                throw new IllegalArgumentException("sample: " + text
                        + " is none; accepted are features N, image HEIGHT WIDTH CHANNELS, tokens LENGTH VOCABULARY");
        };
    }

    /**
     * Numbers in no order that means anything.
     *
     * @param count how many, at least 1
     */
    record Features(int count) implements SampleShape {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Features {
            Arguments.atLeastOne("features", count);
        }

        @Override
        public FeatureMap map(int halo) {
            return new FeatureMap(1, 1, count, halo);
        }
    }

    /**
     * An image: position after position, row by row, the channels of a position next to each other.
     *
     * @param height rows, at least 1
     * @param width positions of a row, at least 1
     * @param channels numbers of a position, at least 1: 1 of grey images, 3 of coloured ones
     */
    record Image(int height, int width, int channels) implements SampleShape {
        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Image {
            Arguments.atLeastOne("height", height);
            Arguments.atLeastOne("width", width);
            Arguments.atLeastOne("channels", channels);
        }

        @Override
        public FeatureMap map(int halo) {
            return new FeatureMap(height, width, channels, halo);
        }
    }

    /**
     * A sequence of tokens.
     *
     * @param length tokens of a sequence, at least 1
     * @param vocabulary how many tokens there are, at least 1: each is 0 to vocabulary &minus; 1
     */
    record Tokens(int length, int vocabulary) implements SampleShape {
        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Tokens {
            Arguments.atLeastOne("length", length);
            Arguments.atLeastOne("vocabulary", vocabulary);
        }

        @Override
        public FeatureMap map(int halo) {
            throw new UnsupportedOperationException("tokens are held by no panels; what takes them is writeTokens");
        }
    }
}
