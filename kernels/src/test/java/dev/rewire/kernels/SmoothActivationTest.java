package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.panel.Elementwise;
import dev.rewire.kernels.panel.SmoothActivation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An activation that keeps its slope has the bits of one that computes it anew. */
@Tag("species")
class SmoothActivationTest {
    @ParameterizedTest
    @EnumSource(names = {"GELU", "GELU_TANH", "SILU"})
    void outputsAndGradientsHaveTheBitsOfElementwise(Activation activation) {
        long seed = 0;
        for (FeatureMap map : Images.MAPS) {
            for (int batch : Images.BATCHES) {
                try (KernelArena arena = Images.arena(++seed);
                        Workers workers = Workers.of(1 + (int) (seed % 3))) {
                    PanelMatrix x = Images.random(arena, batch, map, seed, 0);
                    PanelMatrix dy = Images.random(arena, batch, map, -seed, 0);
                    PanelMatrix y = Images.like(arena, x);
                    PanelMatrix dx = Images.like(arena, x);
                    PanelMatrix expectedY = Images.like(arena, x);
                    PanelMatrix expectedDx = Images.like(arena, x);
                    Elementwise.activate(activation, x, expectedY, workers);
                    Elementwise.activationGradient(activation, x, dy, expectedDx, workers);
                    SmoothActivation smooth = SmoothActivation.prepare(arena, activation, batch, x.cols(), workers);

                    smooth.forward(x, y);
                    smooth.backward(dy, dx);
                    Images.assertSameBits(expectedY, y);
                    Images.assertSameBits(expectedDx, dx);
                    Images.assertRestIsZero(y, map);
                    Images.assertRestIsZero(dx, map);

                    smooth.forward(x, x);
                    smooth.backward(dy, dy);
                    Images.assertSameBits(expectedY, x);
                    Images.assertSameBits(expectedDx, dy);
                }
            }
        }
    }

    @Test
    void extremesHaveTheBitsOfElementwise() {
        float[] ends = {
            0,
            -0.0f,
            1e-40f,
            -1e-40f,
            87,
            -87,
            -87.5f,
            88.8f,
            -104,
            1e30f,
            -1e30f,
            3e38f,
            -3e38f,
            16,
            -16,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY
        };
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, 1, ends.length);
            PanelMatrix dy = PanelMatrix.allocate(arena, 1, ends.length);
            for (int i = 0; i < ends.length; i++) {
                x.set(0, i, ends[i]);
                dy.set(0, i, 1);
            }
            for (Activation activation : new Activation[] {Activation.GELU, Activation.GELU_TANH, Activation.SILU}) {
                PanelMatrix y = Images.like(arena, x);
                PanelMatrix dx = Images.like(arena, x);
                PanelMatrix expectedY = Images.like(arena, x);
                PanelMatrix expectedDx = Images.like(arena, x);
                Elementwise.activate(activation, x, expectedY, workers);
                Elementwise.activationGradient(activation, x, dy, expectedDx, workers);
                SmoothActivation smooth = SmoothActivation.prepare(arena, activation, 1, ends.length, workers);
                smooth.forward(x, y);
                smooth.backward(dy, dx);
                Images.assertSameBits(expectedY, y);
                Images.assertSameBits(expectedDx, dx);
            }
        }
    }

    @Test
    void aNanComesOutOfBoth() {
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, 1, 1);
            PanelMatrix dy = PanelMatrix.allocate(arena, 1, 1);
            x.set(0, 0, Float.NaN);
            dy.set(0, 0, 1);
            SmoothActivation gelu = SmoothActivation.prepare(arena, Activation.GELU, 1, 1, workers);
            gelu.forward(x, x);
            gelu.backward(dy, dy);
            assertTrue(Float.isNaN(x.get(0, 0)));
            assertTrue(Float.isNaN(dy.get(0, 0)));
        }
    }

    @Test
    void whatHasNoSlopeToKeepOtherShapesAndAWayBackWithoutAForwardPassAreRefused() {
        try (KernelArena arena = Images.arena(1);
                Workers workers = Workers.of(1)) {
            PanelMatrix x = PanelMatrix.allocate(arena, 5, 3);
            PanelMatrix other = PanelMatrix.allocate(arena, 5, 4);
            SmoothActivation gelu = SmoothActivation.prepare(arena, Activation.GELU, 5, 3, workers);
            Refusal.ofState("no forward pass has been", () -> gelu.backward(x, x));
            Refusal.ofArgument("x.cols: 4", () -> gelu.forward(other, other));
            Refusal.ofArgument("y.cols: 4", () -> gelu.forward(x, other));
            gelu.forward(x, x);
            Refusal.ofArgument("dy.cols: 4", () -> gelu.backward(other, x));
            Refusal.ofArgument("dx.cols: 4", () -> gelu.backward(x, other));
            Refusal.ofArgument(
                    "activation: RELU", () -> SmoothActivation.prepare(arena, Activation.RELU, 5, 3, workers));
        }
    }
}
