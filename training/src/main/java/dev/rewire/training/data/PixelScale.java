package dev.rewire.training.data;

/** Turns a pixel's byte into the float that a network reads. Immutable. */
public final class PixelScale {
    /** p/255: the pixels 0 to 255 become 0 to 1. */
    public static final PixelScale UNIT = new PixelScale(0, 1);

    private static final int LEVELS = 256;

    private final float[] levels = new float[LEVELS];

    private PixelScale(double mean, double deviation) {
        for (int pixel = 0; pixel < LEVELS; pixel++) {
            levels[pixel] = (float) ((pixel / 255.0 - mean) / deviation);
        }
    }

    /**
     * The scale that gives the pixels of some images, taken together, mean 0 and variance 1. Test images are to be
     * scaled by the scale of the training images.
     *
     * @param images the images to measure
     * @return (p/255 &minus; mean) / deviation; images of one single grey become 0
     */
    public static PixelScale standardising(LabelledImages images) {
        long[] counts = images.pixelCounts();
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
        return new PixelScale(mean, oneGrey ? 1 : Math.sqrt(variance));
    }

    /**
     * The scaled value of a pixel.
     *
     * @param pixel 0 to 255
     * @return the float that stands for it
     * @throws IndexOutOfBoundsException if it is no pixel
     */
    public float at(int pixel) {
        return levels[pixel];
    }
}
