package dev.rewire.kernels;

/**
 * How a {@link PanelMatrix} holds images: position after position, row by row, the channels of a position next to each other, with a margin of zeros around
 * the image. Element (row, col, channel) is feature {@code ((row + halo) · (width + 2·halo) + col + halo) · channels + channel}.
 *
 * <p>So the weights of a convolution have the same distances between their inputs at every position, and a position only shifts where they begin. Whoever
 * writes to such panels keeps the margin zero.
 *
 * @param height rows, at least 1
 * @param width positions of a row, at least 1
 * @param channels features of a position, at least 1
 * @param halo width of the margin, at least 0
 */
public record FeatureMap(int height, int width, int channels, int halo) {
    private static final int MOST_FEATURES = Integer.MAX_VALUE / 64 - 64;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is out of range, or panels cannot hold as many features
     */
    public FeatureMap {
        Check.range("height", height, 1, MOST_FEATURES);
        Check.range("width", width, 1, MOST_FEATURES);
        Check.range("channels", channels, 1, MOST_FEATURES);
        Check.range("halo", halo, 0, MOST_FEATURES / 2);
        double features = (height + 2.0 * halo) * (width + 2.0 * halo) * channels;
        if (features > MOST_FEATURES) {
            throw new IllegalArgumentException("features: " + height + "×" + width + "×" + channels
                    + " with a margin of " + halo + " are too many; accepted are up to " + MOST_FEATURES);
        }
    }

    /**
     * Features of a sample.
     *
     * @return the columns of its panels, the margin included
     */
    public int features() {
        return (height + 2 * halo) * rowFeatures();
    }

    /**
     * Distance between rows.
     *
     * @return features from a position to the one below it
     */
    public int rowFeatures() {
        return (width + 2 * halo) * channels;
    }

    /**
     * Where an element is.
     *
     * @param row from −halo to height + halo − 1
     * @param col from −halo to width + halo − 1
     * @param channel from 0 to channels − 1
     * @return its feature
     * @throws IllegalArgumentException if there is no such element
     */
    public int feature(int row, int col, int channel) {
        Check.range("row", row, -halo, height + halo - 1L);
        Check.range("col", col, -halo, width + halo - 1L);
        Check.range("channel", channel, 0, channels - 1);
        return start(row, col) + channel;
    }

    /** Where a position begins, or would begin. */
    int start(int row, int col) {
        return (row + halo) * rowFeatures() + (col + halo) * channels;
    }

    @Override
    public String toString() {
        return height + "×" + width + "×" + channels + (halo == 0 ? "" : " in a margin of " + halo);
    }
}
