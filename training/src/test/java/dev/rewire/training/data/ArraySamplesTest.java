package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.SampleShape.Features;
import dev.rewire.training.data.SampleShape.Image;
import dev.rewire.training.data.SampleShape.Tokens;
import dev.rewire.training.data.TargetShape.Classes;
import dev.rewire.training.data.TargetShape.Values;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArraySamplesTest {
    private static final float[][] ROWS = {{1, 2}, {3, 4}, {5, 6}};
    private static final int[] CLASSES = {0, 2, 1};

    private KernelArena arena;

    @BeforeEach
    void openArena() {
        arena = KernelArena.open();
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static ArraySamples classified() {
        return ArraySamples.classified(ROWS, CLASSES, 3);
    }

    private static ArraySamples regression() {
        return ArraySamples.regression(ROWS, new float[][] {{.5f, 7}, {1.5f, 8}, {2.5f, 9}});
    }

    /** Images of 2 × 3 positions and 2 channels; float i of them all is i. */
    private static ArraySamples images(int count) {
        float[] floats = new float[count * 12];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i;
        }
        return ArraySamples.classified(new Image(2, 3, 2), floats, new int[count], 1);
    }

    @Test
    void shapeIsTheLengthOfARow() {
        assertEquals(new Features(2), classified().shape());
    }

    @Test
    void targetIsTheNumberOfClasses() {
        assertEquals(new Classes(3), classified().target());
    }

    @Test
    void targetIsTheNumberOfValues() {
        assertEquals(new Values(2), regression().target());
    }

    @Test
    void epochIsAllSamples() {
        assertEquals(3, classified().epochSize());
    }

    @Test
    void featuresAreWrittenInTheOrderOfTheBatch() {
        PanelMatrix input = PanelMatrix.allocate(arena, 2, 2);

        classified().writeFeatures(new int[] {1, 2, 0}, 1, 2, new FeatureMap(1, 1, 2, 0), input);

        assertEquals(
                "5.0 6.0 1.0 2.0",
                input.get(0, 0) + " " + input.get(0, 1) + " " + input.get(1, 0) + " " + input.get(1, 1));
    }

    @Test
    void elementsOfImagesGoWhereTheMapSaysInEveryPanel() {
        FeatureMap map = new FeatureMap(2, 3, 2, 1);
        PanelMatrix input = PanelMatrix.allocate(arena, 70, map.features());
        int[] numbers = new int[70];
        for (int i = 0; i < 70; i++) {
            numbers[i] = 69 - i;
        }

        images(70).writeFeatures(numbers, 0, 70, map, input);

        for (int b = 0; b < 70; b++) {
            for (int row = 0; row < 2; row++) {
                for (int col = 0; col < 3; col++) {
                    for (int channel = 0; channel < 2; channel++) {
                        assertEquals(
                                (69 - b) * 12 + (row * 3 + col) * 2 + channel,
                                input.get(b, map.feature(row, col, channel)));
                    }
                }
            }
        }
    }

    @Test
    void marginIsNotWrittenTo() {
        FeatureMap map = new FeatureMap(2, 3, 2, 1);
        PanelMatrix input = PanelMatrix.allocate(arena, 1, map.features());

        images(2).writeFeatures(new int[] {1}, 0, 1, map, input);

        int written = 0;
        for (int f = 0; f < map.features(); f++) {
            written += input.get(0, f) == 0 ? 0 : 1;
        }
        assertEquals(12, written);
    }

    @Test
    void rowsBeyondTheBatchKeepWhatTheyHold() {
        PanelMatrix input = PanelMatrix.allocate(arena, 2, 2);
        input.set(1, 1, 9);

        classified().writeFeatures(new int[] {0}, 0, 1, new FeatureMap(1, 1, 2, 0), input);

        assertEquals(9, input.get(1, 1));
    }

    @Test
    void classesAreAStrideApart() {
        int[] classes = {-1, -1, -1, -1};

        classified().writeClasses(new int[] {1, 2}, 0, 2, 3, classes);

        assertArrayEquals(new int[] {2, -1, -1, 1}, classes);
    }

    @Test
    void valuesAreWrittenToTheRowOfTheirSample() {
        PanelMatrix values = PanelMatrix.allocate(arena, 2, 2);

        regression().writeValues(new int[] {2, 0}, 0, 2, values);

        assertEquals("2.5 9.0 0.5", values.get(0, 0) + " " + values.get(0, 1) + " " + values.get(1, 0));
    }

    @Test
    void arraysAreCopied() {
        float[][] rows = {{1}};
        ArraySamples samples = ArraySamples.classified(rows, new int[] {0}, 1);
        String before = samples.sha256();

        rows[0][0] = 2;

        assertEquals(before, samples.sha256());
    }

    @Test
    void hashTellsFeaturesApart() {
        assertNotEquals(
                classified().sha256(),
                ArraySamples.classified(new float[][] {{1, 2}, {3, 4}, {5, 7}}, CLASSES, 3)
                        .sha256());
    }

    @Test
    void hashTellsClassesApart() {
        assertNotEquals(
                classified().sha256(),
                ArraySamples.classified(ROWS, new int[] {0, 2, 2}, 3).sha256());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void featureThatIsNoFiniteNumberIsRefusedWithItsPlace(float value) {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> ArraySamples.classified(new float[][] {{1, 2}, {3, value}}, new int[2], 1));

        assertEquals("samples[1][1]: " + value + " is not accepted; accepted are finite numbers", thrown.getMessage());
    }

    @Test
    void valueThatIsNoNumberIsRefusedWithItsPlace() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> ArraySamples.regression(new float[][] {{1}, {2}}, new float[][] {{1}, {Float.NaN}}));

        assertEquals("values[1][0]: NaN is not accepted; accepted are finite numbers", thrown.getMessage());
    }

    @Test
    void classBeyondTheirNumberIsRefusedWithItsPlace() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> ArraySamples.classified(ROWS, CLASSES, 2));

        assertEquals("classes[1]: 2 is out of range; accepted are 0 to 1", thrown.getMessage());
    }

    @Test
    void rowOfAnotherLengthIsRefusedWithItsPlace() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> ArraySamples.classified(new float[][] {{1, 2}, {3}}, new int[2], 1));

        assertEquals("samples[1]: 1 floats; accepted are 2, as in the first row", thrown.getMessage());
    }

    @Test
    void otherNumberOfClassesThanSamplesIsRefused() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> ArraySamples.classified(ROWS, new int[4], 1));

        assertEquals("samples: 6 floats; accepted are 8, 2 of each of 4 samples", thrown.getMessage());
    }

    @Test
    void noSampleIsRefused() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> ArraySamples.classified(new float[0][], new int[0], 1));

        assertEquals("samples: there is no sample; accepted are 1 and more", thrown.getMessage());
    }

    @Test
    void tokensAreNoFeatures() {
        assertThrows(
                UnsupportedOperationException.class,
                () -> ArraySamples.classified(new Tokens(2, 3), new float[2], new int[1], 1));
    }

    @Test
    void mapOfAnotherShapeIsRefused() {
        PanelMatrix input = PanelMatrix.allocate(arena, 1, 3);
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> classified().writeFeatures(new int[1], 0, 1, new FeatureMap(1, 1, 3, 0), input));

        assertEquals("map: 1×1×3; accepted is 1×1×2, the samples' shape", thrown.getMessage());
    }

    @Test
    void inputOfOtherSizesIsRefused() {
        PanelMatrix input = PanelMatrix.allocate(arena, 1, 3);
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> classified().writeFeatures(new int[1], 0, 1, new FeatureMap(1, 1, 2, 0), input));

        assertEquals(
                "input: PanelMatrix 1×3 in panels of 16; accepted are panels of 2 columns, and 1 rows and more",
                thrown.getMessage());
    }

    @Test
    void numberOfNoSampleIsRefusedWithItsPlace() {
        IndexOutOfBoundsException thrown = assertThrows(
                IndexOutOfBoundsException.class,
                () -> classified().writeClasses(new int[] {0, 3}, 0, 2, 1, new int[2]));

        assertEquals("numbers[1]: 3 is out of range; accepted are 0 to 2", thrown.getMessage());
    }

    @Test
    void tooShortATargetIsLeftAsItIs() {
        int[] classes = {-1};
        assertThrows(
                IndexOutOfBoundsException.class, () -> classified().writeClasses(new int[] {1, 2}, 0, 2, 1, classes));

        assertEquals(-1, classes[0]);
    }

    @Test
    void classesOfRegressionAreRefused() {
        assertThrows(
                UnsupportedOperationException.class, () -> regression().writeClasses(new int[1], 0, 1, 1, new int[1]));
    }

    @Test
    void valuesOfAClassificationAreRefused() {
        PanelMatrix values = PanelMatrix.allocate(arena, 1, 1);
        assertThrows(UnsupportedOperationException.class, () -> classified().writeValues(new int[1], 0, 1, values));
    }

    @Test
    void tokensOfFeaturesAreRefused() {
        assertThrows(
                UnsupportedOperationException.class, () -> classified().writeTokens(new int[1], 0, 1, 1, new int[1]));
    }
}
