package dev.rewire.training.parameter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LayerShapeTest {
    @Test
    void weightsCountTheKernel() {
        assertEquals(32 * 16 * 3 * 5, new LayerShape(32, 16, 3, 5, false).weights());
    }

    @Test
    void blocksAtTheEdgesCount() {
        assertEquals(1 * 49, LayerShape.linear(10, 784).blocks(16, 16));
    }

    @Test
    void blocksOfAConvolutionCoverItsUnrolledKernel() {
        assertEquals(2 * 9, new LayerShape(32, 16, 3, 3, false).blocks(16, 16));
    }

    @Test
    void keptDenseMarksTheShape() {
        assertTrue(LayerShape.linear(10, 784).keptDense().dense());
    }

    @Test
    void sizeBelowOneIsNamed() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> LayerShape.linear(10, 0));

        assertEquals("in: 0 is out of range; accepted are 1 and more", thrown.getMessage());
    }

    @Test
    void weightsBeyondALongAreRefused() {
        int most = Integer.MAX_VALUE;

        assertThrows(IllegalArgumentException.class, () -> new LayerShape(most, most, most, 1, false));
    }
}
