package dev.rewire.training.data;

/**
 * What is done to training images, so that a network does not see the same image twice: moved at random within a margin of black pixels (a random crop
 * of the padded image), and mirrored in half of the cases. What CIFAR's images are usually trained with is a padding of 4 and flips.
 *
 * @param padding the most pixels that an image is moved up, down, left or right, 0 to 255
 * @param flip whether images are mirrored, left for right
 */
public record Augmentation(int padding, boolean flip) {
    /** Images stay as they are. */
    public static final Augmentation NONE = new Augmentation(0, false);

    private static final int MOST_PADDING = 255;

    /**
     * Checks the padding.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public Augmentation {
        if (padding < 0 || padding > MOST_PADDING) {
            throw new IllegalArgumentException(
                    "padding: " + padding + " is out of range; accepted are 0 to " + MOST_PADDING);
        }
    }
}
