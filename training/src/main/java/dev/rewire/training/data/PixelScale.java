package dev.rewire.training.data;

import java.util.Objects;

/** Turns a pixel's byte into the float that a network reads. Immutable. */
public final class PixelScale {
    /** p/255: the pixels 0 to 255 become 0 to 1. */
    public static final PixelScale UNIT = new PixelScale(levels(0, 1));

    private static final int LEVELS = 256;

    /** The floats of a channel's 256 pixels, channel after channel; of the first alone if all channels are scaled alike. */
    private final float[] levels;

    private PixelScale(float[] levels) {
        this.levels = levels;
    }

    private static float[] levels(double mean, double deviation) {
        float[] levels = new float[LEVELS];
        for (int pixel = 0; pixel < LEVELS; pixel++) {
            levels[pixel] = (float) ((pixel / 255.0 - mean) / deviation);
        }
        return levels;
    }

    /**
     * The scale that gives the pixels of some images, taken together but for their channels, mean 0 and variance 1. Test images are to be
     * scaled by the scale of the training images.
     *
     * @param images the images to measure
     * @return (p/255 &minus; mean) / deviation; a channel of one single value becomes 0
     */
    public static PixelScale standardising(LabelledImages images) {
        float[] levels = new float[images.shape().channels() * LEVELS];
        for (int channel = 0; channel < images.shape().channels(); channel++) {
            System.arraycopy(standardising(images.pixelCounts(channel)), 0, levels, channel * LEVELS, LEVELS);
        }
        return new PixelScale(levels);
    }

    private static float[] standardising(long[] counts) {
        double total = 0;
        double sum = 0;
        double squares = 0;
        for (int pixel = 0; pixel < LEVELS; pixel++) {
            double level = pixel / 255.0;
            total += counts[pixel];
            sum += counts[pixel] * level;
            squares += counts[pixel] * level * level;
        }
        double mean = sum / total;
        double variance = squares / total - mean * mean;
        boolean oneGrey = counts[(int) Math.round(mean * 255)] == (long) total;
        return levels(mean, oneGrey ? 1 : Math.sqrt(variance));
    }

    /**
     * The scaled value of a pixel of the first, or only, channel.
     *
     * @param pixel 0 to 255
     * @return the float that stands for it
     * @throws IndexOutOfBoundsException if it is no pixel
     */
    public float at(int pixel) {
        return at(0, pixel);
    }

    /**
     * The scaled value of a pixel.
     *
     * @param channel that it is of, at least 0
     * @param pixel 0 to 255
     * @return the float that stands for it
     * @throws IndexOutOfBoundsException if it is no pixel, or the scale has no such channel
     */
    public float at(int channel, int pixel) {
        Objects.checkIndex(pixel, LEVELS);
        return levels[start(channel) + pixel];
    }

    /** The floats of all pixels of a channel: pixel p is place {@code p + start(channel)}. Borrowed: not to be changed. */
    float[] levels() {
        return levels;
    }

    int start(int channel) {
        return levels.length == LEVELS ? 0 : channel * LEVELS;
    }
}
