package dev.rewire.training.rewiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.layer.sequence.Attention;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.WeightSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlopsTest {
    private static final List<WeightSpec> LAYERS =
            List.of(new WeightSpec("a", LayerShape.linear(4, 5), 1), new WeightSpec("b", LayerShape.linear(2, 4), 1));
    private static final Flops FLOPS = Flops.of(LAYERS, new long[] {6, 3}, 0);

    @Test
    void aWeightCountsOnceForEachUse() {
        WeightSpec everywhere = new WeightSpec("conv", new LayerShape(2, 3, 3, 3, false), 49);

        assertEquals(new Flops(2 * 54 * 49, 2 * 10 * 49), Flops.of(List.of(everywhere), new long[] {10}, 0));
    }

    @Test
    void denseStepIsThreeDenseProducts() {
        assertEquals(3 * 2 * 28, FLOPS.denseStep());
    }

    @Test
    void sparseStepIsThreeSparseProducts() {
        assertEquals(3 * 2 * 9, FLOPS.sparseStep());
    }

    @Test
    void denseGradientStepHasOneDenseProduct() {
        assertEquals(2 * 2 * 9 + 2 * 28, FLOPS.denseGradientStep());
    }

    /** RigL's cost over that of a static network, from the formula of appendix H. */
    @ParameterizedTest
    @CsvSource({
        ".25, 1.091, 1.020, 1.010, 1.002, 1.001",
        ".10, 1.273, 1.059, 1.030, 1.006, 1.003",
        ".05, 1.576, 1.124, 1.063, 1.013, 1.006",
        ".02, 2.485, 1.320, 1.162, 1.033, 1.016",
        ".01, 4.000, 1.647, 1.327, 1.066, 1.033"
    })
    void riglCostsWhatTheTableSays(
            double density, double at10, double at50, double at100, double at500, double at1000) {
        Flops flops = new Flops(1, density);
        double[] expected = {at10, at50, at100, at500, at1000};
        long[] deltaTs = {10, 50, 100, 500, 1000};
        for (int i = 0; i < deltaTs.length; i++) {
            assertEquals(expected[i], flops.riglStep(deltaTs[i]) / flops.sparseStep(), 0.000_51, "ΔT " + deltaTs[i]);
        }
    }

    @Test
    void riglStepIsTheMeanOfItsSteps() {
        assertEquals((10 * FLOPS.sparseStep() + FLOPS.denseGradientStep()) / 11, FLOPS.riglStep(10));
    }

    @Test
    void countPerLayerIsRequired() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> Flops.of(LAYERS, new long[] {6}, 0));

        assertEquals("nonzeros: 1 counts do not fit; accepted is one for each of the 2 layers", thrown.getMessage());
    }

    @Test
    void countAboveTheLayersWeightsIsNamed() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> Flops.of(LAYERS, new long[] {6, 9}, 0));

        assertEquals("nonzeros: 9 of layer 1 is out of range; accepted are 0 to 8", thrown.getMessage());
    }

    @Test
    void deltaTBelowOneIsNamed() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> FLOPS.riglStep(0));

        assertEquals("deltaT: 0 is out of range; accepted are 1 and more", thrown.getMessage());
    }

    /** Two products forward and four backward are three times as many, whichever formula a step goes by. */
    @Test
    void productsWithoutWeightsCostTheSameOfEverySparsity() {
        Flops alone = Flops.of(LAYERS, new long[] {6, 3}, 0);
        Flops withOthers = Flops.of(LAYERS, new long[] {6, 3}, 100);

        assertEquals(300, withOthers.denseStep() - alone.denseStep());
        assertEquals(300, withOthers.sparseStep() - alone.sparseStep());
        assertEquals(300, withOthers.denseGradientStep() - alone.denseGradientStep());
        assertThrows(IllegalArgumentException.class, () -> Flops.of(LAYERS, new long[] {6, 3}, -1));
    }

    @ParameterizedTest
    @CsvSource({"true, 5760", "false, 10800"}) // 4·12 for each of 15·16 / 2, and of 15·15 pairs
    void attentionDeclaresTheProductsOfThePairsThatAttend(boolean causal, double expected) {
        Outline outline = new Outline();
        new Attention(3, causal).outline(outline, new Shape.Tokens(15, 36));
        assertEquals(expected, outline.operations());
    }
}
