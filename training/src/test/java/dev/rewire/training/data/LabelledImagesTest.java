package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledImagesTest {
    private static final int FEATURES = IdxBytes.HEIGHT * IdxBytes.WIDTH;

    @TempDir
    private Path folder;

    private IdxFile images;

    @BeforeEach
    void writeImages() throws IOException {
        images = IdxFile.read(IdxBytes.write(folder.resolve("images"), IdxBytes.images(20)), 3);
    }

    private IdxFile labels(byte[] bytes) throws IOException {
        return IdxFile.read(IdxBytes.write(folder.resolve("labels"), bytes), 1);
    }

    private LabelledImages labelled() throws IOException {
        return LabelledImages.of(images, labels(IdxBytes.labels(20)), 10);
    }

    private float[] copied(int[] order, int from, int count, int floats, long imageStride, long featureStride)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(ValueLayout.JAVA_FLOAT, floats);
            labelled().copy(order, from, count, PixelScale.UNIT, target, imageStride, featureStride);
            return target.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static float pixel(int image, int feature) {
        return (float) ((byte) (7 * (image * FEATURES + feature)) & 0xFF) / 255;
    }

    @Test
    void sizesAreThoseOfTheImages() throws IOException {
        LabelledImages set = labelled();

        assertEquals("20 2 3 6", set.size() + " " + set.height() + " " + set.width() + " " + set.features());
    }

    @Test
    void pixelIsThatOfItsImage() throws IOException {
        assertEquals(7 * (3 * FEATURES + 5), labelled().pixel(3, 5));
    }

    @Test
    void labelIsThatOfItsImage() throws IOException {
        assertEquals(3, labelled().label(13));
    }

    @Test
    void batchIsCopiedRowByRow() throws IOException {
        float[] rows = copied(new int[] {0, 9, 4, 7}, 1, 2, 2 * FEATURES, FEATURES, 1);

        for (int f = 0; f < FEATURES; f++) {
            assertEquals(pixel(9, f), rows[f]);
            assertEquals(pixel(4, f), rows[FEATURES + f]);
        }
    }

    @Test
    void batchIsCopiedIntoAPanelWithImagesAlongTheLanes() throws IOException {
        float[] panel = copied(new int[] {9, 4}, 0, 2, 8 * FEATURES, 1, 8);

        for (int f = 0; f < FEATURES; f++) {
            assertEquals(pixel(9, f), panel[8 * f]);
            assertEquals(pixel(4, f), panel[8 * f + 1]);
        }
    }

    @Test
    void copyTouchesNothingButItsBatch() throws IOException {
        float[] panel = copied(new int[] {9}, 0, 1, 8 * FEATURES, 1, 8);

        assertEquals(0, panel[1]);
    }

    @Test
    void labelsAreCopiedInTheOrderOfTheBatch() throws IOException {
        int[] target = new int[2];

        labelled().copyLabels(new int[] {0, 19, 4}, 1, 2, target);

        assertArrayEquals(new int[] {9, 4}, target);
    }

    @Test
    void targetThatIsTooShortIsRefused() {
        assertThrows(
                IndexOutOfBoundsException.class, () -> copied(new int[] {0, 1}, 0, 2, 2 * FEATURES - 1, FEATURES, 1));
    }

    @Test
    void imageThatDoesNotExistIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> copied(new int[] {20}, 0, 1, FEATURES, FEATURES, 1));
    }

    @Test
    void batchBeyondItsOrderIsRefused() {
        assertThrows(IndexOutOfBoundsException.class, () -> copied(new int[] {0}, 0, 2, 2 * FEATURES, FEATURES, 1));
    }

    @Test
    void countOfLabelsThatIsNotThatOfImagesIsRejected() {
        DataException thrown =
                assertThrows(DataException.class, () -> LabelledImages.of(images, labels(IdxBytes.labels(19)), 10));

        assertEquals(
                folder.resolve("labels") + ": byte 4: 19 labels; accepted are 20, one for each image of "
                        + folder.resolve("images"),
                thrown.getMessage());
    }

    @Test
    void labelBeyondTheClassesIsRejected() {
        DataException thrown =
                assertThrows(DataException.class, () -> LabelledImages.of(images, labels(IdxBytes.labels(20)), 9));

        assertEquals(
                folder.resolve("labels") + ": byte 17: label 9 is out of range; accepted are 0 to 8",
                thrown.getMessage());
    }

    @Test
    void numberOfClassesBeyondAByteIsNamed() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> LabelledImages.of(images, labels(IdxBytes.labels(20)), 257));

        assertEquals("classes: 257 is out of range; accepted are 1 to 256", thrown.getMessage());
    }
}
