package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DataSplitTest {
    private static final ArraySamples TWO = ArraySamples.classified(new float[][] {{1, 2}}, new int[1], 3);

    @Test
    void testSamplesOfAnotherShapeAreRefused() {
        ArraySamples one = ArraySamples.classified(new float[][] {{1}}, new int[1], 3);
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> new DataSplit(TWO, one));

        assertEquals(
                "test.shape: Features[count=1]; accepted is that of the training samples, Features[count=2]",
                thrown.getMessage());
    }

    @Test
    void testSamplesOfOtherTargetsAreRefused() {
        ArraySamples values = ArraySamples.regression(new float[][] {{1, 2}}, new float[][] {{1}});
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new DataSplit(TWO, values));

        assertEquals(
                "test.target: Values[count=1]; accepted is that of the training samples, Classes[count=3]",
                thrown.getMessage());
    }
}
