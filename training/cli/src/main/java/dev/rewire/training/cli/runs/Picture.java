package dev.rewire.training.cli.runs;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Numbers as a picture: the larger, the less transparent is its one colour. So it is seen on any ground. */
final class Picture {
    private static final int COLOR = 0x1f83d6;

    private Picture() {}

    /**
     * A picture in a page.
     *
     * @param rows numbers of at least 0, row by row
     * @param full what becomes the full colour, above 0
     * @return the value of an attribute src
     */
    static String source(double[][] rows, double full) {
        BufferedImage image = new BufferedImage(rows[0].length, rows.length, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < rows.length; y++) {
            for (int x = 0; x < rows[y].length; x++) {
                int alpha = (int) Math.round(255 * Math.min(1, rows[y][x] / full));
                image.setRGB(x, y, alpha << 24 | COLOR);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.setUseCache(false);
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not refuse bytes", e);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
