package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.SampleShape.Image;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSamplesTest {
    private static final int COUNT = 150;

    private KernelArena arena;

    @BeforeEach
    void openArena() {
        arena = KernelArena.open();
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static LabelledImages images(int height, int width, int channels) {
        SplittableRandom random = new SplittableRandom(5);
        byte[] pixels = new byte[COUNT * height * width * channels];
        random.nextBytes(pixels);
        byte[] labels = new byte[COUNT];
        for (int i = 0; i < COUNT; i++) {
            labels[i] = (byte) (i % 10);
        }
        return LabelledImages.of(new Image(height, width, channels), pixels, labels);
    }

    private static ImageData data(int height, int width, int channels) {
        LabelledImages images = images(height, width, channels);
        return new ImageData(images, images, 10);
    }

    private float[] features(Samples samples, int number) {
        FeatureMap map = samples.shape().map(0);
        PanelMatrix input = PanelMatrix.allocate(arena, 1, map.features());
        samples.writeFeatures(new int[] {number}, 0, 1, map, input);
        float[] features = new float[map.features()];
        for (int f = 0; f < features.length; f++) {
            features[f] = input.get(0, f);
        }
        return features;
    }

    @Test
    void greyImagesWithoutAMarginAreWhatTheirCopyIsToTheBit(@TempDir Path folder) throws IOException {
        LabelledImages images = LabelledImages.of(
                IdxFile.read(IdxBytes.write(folder.resolve("images"), IdxBytes.images(70)), 3),
                IdxFile.read(IdxBytes.write(folder.resolve("labels"), IdxBytes.labels(70)), 1),
                10);
        int[] order = new int[70];
        Arrays.setAll(order, i -> 69 - i);
        PanelMatrix input = PanelMatrix.allocate(arena, 64, 6);
        PanelMatrix copied = PanelMatrix.allocate(arena, 64, 6);

        new ImageData(images, images, 10)
                .split()
                .train()
                .writeFeatures(order, 3, 64, new FeatureMap(2, 3, 1, 0), input);

        images.copy(order, 3, 64, PixelScale.standardising(images), copied.segment(), 1, 64);
        assertArrayEquals(
                copied.segment().toArray(ValueLayout.JAVA_INT), input.segment().toArray(ValueLayout.JAVA_INT));
    }

    @Test
    void everyChannelHasMeanZeroAndVarianceOne() {
        Samples samples = data(4, 5, 3).split().train();
        double[] sums = new double[3];
        double[] squares = new double[3];
        for (int i = 0; i < COUNT; i++) {
            float[] features = features(samples, i);
            for (int f = 0; f < features.length; f++) {
                sums[f % 3] += features[f];
                squares[f % 3] += (double) features[f] * features[f];
            }
        }
        for (int channel = 0; channel < 3; channel++) {
            assertEquals(0, sums[channel] / (COUNT * 20), 1e-5);
            assertEquals(1, squares[channel] / (COUNT * 20), 1e-5);
        }
    }

    @Test
    void testImagesAreScaledAsTrainingImagesAre() {
        LabelledImages train = images(2, 2, 1);
        LabelledImages test = LabelledImages.of(new Image(2, 2, 1), new byte[] {0, 50, 100, 127}, new byte[1]);

        float[] features = features(new ImageData(train, test, 10).split().test(), 0);

        assertEquals(PixelScale.standardising(train).at(100), features[2]);
    }

    @Test
    void elementsGoWhereTheMapSaysAndTheMarginStaysZero() {
        Samples samples = data(4, 5, 3).split().train();
        FeatureMap map = new FeatureMap(4, 5, 3, 2);
        PanelMatrix input = PanelMatrix.allocate(arena, 2, map.features());

        samples.writeFeatures(new int[] {9, 8}, 0, 2, map, input);

        float[] expected = new float[map.features()];
        float[] flat = features(samples, 8);
        for (int row = 0; row < 4; row++) {
            System.arraycopy(flat, row * 15, expected, map.feature(row, 0, 0), 15);
        }
        for (int f = 0; f < expected.length; f++) {
            assertEquals(expected[f], input.get(1, f));
        }
    }

    @Test
    void classesAreTheLabels() {
        int[] classes = new int[2];

        data(2, 2, 1).split().train().writeClasses(new int[] {13, 7}, 0, 2, 1, classes);

        assertArrayEquals(new int[] {3, 7}, classes);
    }

    @Test
    void imagesThatAreNotAugmentedLookAlikeInEveryEpoch() {
        Samples samples = data(2, 2, 1).split().train();

        assertSame(samples, samples.inEpoch(7));
    }

    @Test
    void flippedImageIsEitherItselfOrItsMirrorImage() {
        Samples plain = data(3, 4, 2).split().train();
        Samples flipped = data(3, 4, 2).split(new Augmentation(0, true), 1).train();
        int mirrored = 0;
        for (int i = 0; i < COUNT; i++) {
            float[] before = features(plain, i);
            float[] mirror = new float[before.length];
            for (int f = 0; f < mirror.length; f++) {
                int col = f / 2 % 4;
                mirror[f] = before[f - 2 * col + 2 * (3 - col)];
            }
            float[] after = features(flipped, i);
            boolean isMirror = Arrays.equals(mirror, after);
            assertTrue(isMirror || Arrays.equals(before, after), "image " + i);
            mirrored += isMirror ? 1 : 0;
        }
        // Half of 150, give or take six standard deviations.
        assertTrue(mirrored > 38 && mirrored < 112, mirrored + " of " + COUNT);
    }

    @Test
    void croppedImageIsMovedWithinAMarginOfBlackByEachOfTheMoves() {
        ImageData data = data(3, 4, 2);
        Samples plain = data.split().train();
        Samples cropped = data.split(new Augmentation(1, false), 1).train();
        PixelScale scale = PixelScale.standardising(data.train());
        Set<Integer> moves = new HashSet<>();
        for (int i = 0; i < COUNT; i++) {
            float[] before = features(plain, i);
            float[] after = features(cropped, i);
            int found = -1;
            for (int move = 0; move < 9; move++) {
                if (Arrays.equals(moved(before, move / 3 - 1, move % 3 - 1, scale), after)) {
                    found = move;
                }
            }
            assertTrue(found >= 0, "image " + i);
            moves.add(found);
        }
        assertEquals(9, moves.size());
    }

    /** An image of 3×4×2 as seen through a window that begins {@code down} rows and {@code right} columns further. */
    private static float[] moved(float[] image, int down, int right, PixelScale scale) {
        float[] moved = new float[image.length];
        for (int f = 0; f < moved.length; f++) {
            int row = f / 8 + down;
            int col = f / 2 % 4 + right;
            boolean inside = row >= 0 && row < 3 && col >= 0 && col < 4;
            moved[f] = inside ? image[row * 8 + col * 2 + f % 2] : scale.at(f % 2, 0);
        }
        return moved;
    }

    @Test
    void augmentedImagesDependOnSeedEpochAndNumberAlone() {
        ImageData data = data(3, 4, 1);
        Augmentation augmentation = new Augmentation(2, true);
        Samples once = data.split(augmentation, 3).train().inEpoch(5);
        Samples again = data.split(augmentation, 3).train().inEpoch(9).inEpoch(5);

        for (int i = COUNT - 1; i >= 0; i--) {
            assertArrayEquals(features(once, i), features(again, i));
        }
    }

    @Test
    void augmentedImagesLookDifferentInAnotherEpoch() {
        Samples samples = data(3, 4, 1).split(new Augmentation(2, true), 3).train();

        assertFalse(sameImages(samples, samples.inEpoch(1)));
    }

    @Test
    void augmentedImagesLookDifferentWithAnotherSeed() {
        ImageData data = data(3, 4, 1);
        Augmentation augmentation = new Augmentation(2, true);

        assertFalse(sameImages(
                data.split(augmentation, 1).train(), data.split(augmentation, 2).train()));
    }

    private boolean sameImages(Samples a, Samples b) {
        for (int i = 0; i < COUNT; i++) {
            if (!Arrays.equals(features(a, i), features(b, i))) {
                return false;
            }
        }
        return true;
    }

    @Test
    void testImagesAreNotAugmented() {
        ImageData data = data(3, 4, 1);

        assertTrue(sameImages(
                data.split().test(), data.split(new Augmentation(2, true), 1).test()));
    }

    @Test
    void hashIsThatOfTheImages() {
        ImageData data = data(2, 2, 1);

        assertEquals(
                data.train().sha256(),
                data.split(new Augmentation(1, true), 1).train().sha256());
    }

    @Test
    void samplesAreAugmentedAsASplitOfThemIs() {
        ImageData data = data(3, 4, 1);
        Augmentation augmentation = new Augmentation(2, true);

        assertTrue(sameImages(
                data.split(augmentation, 3).train(), data.split().train().augmented(augmentation, 3)));
    }

    @Test
    void whatIsNoImageIsNotAugmented() {
        Samples numbers = ArraySamples.regression(new float[][] {{1}}, new float[][] {{2}});

        assertEquals(numbers, numbers.augmented(Augmentation.NONE, 1));
        assertThrows(UnsupportedOperationException.class, () -> numbers.augmented(new Augmentation(1, false), 1));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none        | none        | 0   | false
            crop        | crop:4      | 4   | false
            crop:255    | crop:255    | 255 | false
            flip        | flip        | 0   | true
            crop,flip   | crop:4,flip | 4   | true
            flip,crop:1 | crop:1,flip | 1   | true
            """)
    void augmentationsAreReadAndWritten(String text, String written, int padding, boolean flip) {
        Augmentation augmentation = Augmentation.parse(text);

        assertEquals(new Augmentation(padding, flip), augmentation);
        assertEquals(written, augmentation.toString());
        assertEquals(augmentation, Augmentation.parse(written));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "zoom",
                "crop:0",
                "crop:256",
                "crop:",
                "flip,flip",
                "crop,crop",
                "crop,",
                ",flip",
                "none,flip",
                "Crop"
            })
    void otherAugmentationsAreRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> Augmentation.parse(text));
    }

    @Test
    void paddingBeyondItsRangeIsRefused() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new Augmentation(256, false));

        assertEquals("padding: 256 is out of range; accepted are 0 to 255", thrown.getMessage());
    }

    @Test
    void imagesWithALabelBeyondTheClassesAreRefused() {
        LabelledImages images = images(2, 2, 1);
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new ImageData(images, images, 9));

        assertEquals("train: label 9 is out of range; accepted are 0 to 8", thrown.getMessage());
    }

    @Test
    void pixelsThatAreNotThoseOfAsManyImagesAsLabelsAreRefused() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> LabelledImages.of(new Image(2, 2, 3), new byte[13], new byte[1]));

        assertEquals("pixels: there are 13; accepted are 12, those of 1 images", thrown.getMessage());
    }
}
