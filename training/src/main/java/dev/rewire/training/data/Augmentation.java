package dev.rewire.training.data;

import java.util.ArrayList;
import java.util.List;

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
    private static final int USUAL_PADDING = 4;
    private static final String NOTHING = "none";
    private static final String CROP = "crop";
    private static final String FLIP = "flip";

    /** What {@link #parse} reads. */
    public static final String ACCEPTED = "none, crop, crop:PIXELS from 1 to " + MOST_PADDING + ", flip, or crop,flip";

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

    /**
     * Reads what {@link #toString} writes.
     *
     * @param text {@code none}, or {@code crop} with a padding of 4 or {@code crop:PIXELS}, and {@code flip}, joined by a comma
     * @return what it says
     * @throws IllegalArgumentException if it says something else
     */
    public static Augmentation parse(String text) {
        int padding = 0;
        boolean flip = false;
        for (String part : text.equals(NOTHING) ? new String[0] : text.split(",", -1)) {
            if (part.equals(FLIP) && !flip) {
                flip = true;
            } else if (part.matches("crop(:[1-9]\\d{0,2})?") && padding == 0) {
                padding = part.equals(CROP) ? USUAL_PADDING : Integer.parseInt(part.substring(CROP.length() + 1));
            } else {
                throw new IllegalArgumentException(
                        "augmentation: '" + text + "' is not accepted; accepted are " + ACCEPTED);
            }
        }
        return new Augmentation(padding, flip);
    }

    /** {@return what {@link #parse} reads} */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (padding > 0) {
            parts.add(CROP + ":" + padding);
        }
        if (flip) {
            parts.add(FLIP);
        }
        return parts.isEmpty() ? NOTHING : String.join(",", parts);
    }
}
