package dev.rewire.training.layer;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.training.setting.Check;

/** What a sample is between two layers, and how a {@link dev.rewire.kernels.PanelMatrix} holds a batch of them. */
public sealed interface Shape {
    /**
     * Numbers without an order that a layer would know of. A sample is a row of the panels.
     *
     * @param count how many, at least 1
     */
    record Features(int count) implements Shape {
        /**
         * Checks the size.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Features {
            Check.positive("count", count);
        }

        @Override
        public int cols(int halo) {
            return count;
        }

        @Override
        public int elements() {
            return count;
        }

        @Override
        public String toString() {
            return Integer.toString(count);
        }
    }

    /**
     * An image. A sample is a row of the panels, whose features a {@link FeatureMap} orders.
     *
     * @param height rows of positions, at least 1
     * @param width positions of a row, at least 1
     * @param channels features of a position, at least 1
     */
    record Image(int height, int width, int channels) implements Shape {
        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Image {
            Check.positive("height", height);
            Check.positive("width", width);
            Check.positive("channels", channels);
        }

        @Override
        public int cols(int halo) {
            return map(halo).features();
        }

        @Override
        public int elements() {
            return Math.multiplyExact(Math.multiplyExact(height, width), channels);
        }

        /**
         * How panels hold it.
         *
         * @param halo width of the margin of zeros
         * @return the order of its features
         */
        public FeatureMap map(int halo) {
            return new FeatureMap(height, width, channels, halo);
        }

        @Override
        public String toString() {
            return height + "x" + width + "x" + channels;
        }
    }

    /**
     * A sequence. Each token is a row of the panels; those of sequence s begin at row s · {@link #rows}, and rows behind the last token hold anything finite,
     * while their gradients are 0.
     *
     * @param length tokens, at least 1
     * @param features of a token, at least 1
     */
    record Tokens(int length, int features) implements Shape {
        /**
         * Checks the sizes.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Tokens {
            Check.positive("length", length);
            Check.positive("features", features);
        }

        @Override
        public int cols(int halo) {
            return features;
        }

        @Override
        public int elements() {
            return Math.multiplyExact(length, features);
        }

        /** So many that no sequence lies in two panels unless it fills whole ones. */
        @Override
        public int rows() {
            return length <= 16 ? 16 : length <= 32 ? 32 : Math.multiplyExact(Math.ceilDiv(length, 64), 64);
        }

        @Override
        public String toString() {
            return length + " tokens of " + features;
        }
    }

    /**
     * Columns of panels of it.
     *
     * @param halo margin of images, at least 0
     * @return features of a row
     */
    int cols(int halo);

    /**
     * Numbers of a sample.
     *
     * @return how many, without any margin or padding
     */
    int elements();

    /**
     * Rows of panels that a sample takes.
     *
     * @return 1, and for tokens their number, padded
     */
    default int rows() {
        return 1;
    }
}
