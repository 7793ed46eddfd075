package dev.rewire.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Workers;
import dev.rewire.training.Network;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Relu;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.layer.image.Conv2d;
import dev.rewire.training.layer.image.Flatten;
import dev.rewire.training.model.Model;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.Parameter;
import dev.rewire.training.rewiring.Distribution;
import dev.rewire.training.rewiring.Method;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GradientClipTest {
    /** More than a task's worth of sparse weights, N:M and biases. */
    private static List<NamedParameter> parameters(KernelArena arena) {
        SplittableRandom random = new SplittableRandom(1);
        List<Parameter> all = List.of(
                new BlockParameter(arena, BlockPattern.random(300, 200, 1, 1, 40_000, random), 0),
                new NmParameter(arena, NmPattern.random(5, 16, 2, 4, 1, random), 0),
                new DenseParameter(arena, 1, 33, 0));
        List<NamedParameter> named = new ArrayList<>();
        for (Parameter parameter : all) {
            named.add(new NamedParameter("p" + named.size(), parameter, null));
            MemorySegment gradient = gradient(parameter);
            for (long i = 0; i < gradient.byteSize() / Float.BYTES; i++) {
                gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat(-1, 1));
            }
        }
        return named;
    }

    private static MemorySegment gradient(Parameter parameter) {
        return Objects.requireNonNull(parameter.gradientMemory());
    }

    private static double norm(List<NamedParameter> parameters) {
        double squares = 0;
        for (NamedParameter parameter : parameters) {
            for (float g : gradient(parameter.parameter()).toArray(ValueLayout.JAVA_FLOAT)) {
                squares += (double) g * g;
            }
        }
        return Math.sqrt(squares);
    }

    @Test
    void aNormThatIsTooLargeBecomesTheBound() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            List<NamedParameter> parameters = parameters(arena);
            double before = norm(parameters);
            float first = gradient(parameters.get(0).parameter()).getAtIndex(ValueLayout.JAVA_FLOAT, 5);
            GradientClip clip = new GradientClip(2, parameters, workers);

            clip.clip();

            assertEquals(before, clip.norm(), 1e-9 * before);
            assertEquals(2, norm(parameters), 1e-5);
            assertEquals(
                    first * (float) (2 / clip.norm()),
                    gradient(parameters.get(0).parameter()).getAtIndex(ValueLayout.JAVA_FLOAT, 5));
        }
    }

    @Test
    void aSmallerNormIsLeftAsItIs() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            List<NamedParameter> parameters = parameters(arena);
            double before = norm(parameters);

            new GradientClip(before * 1.0001, parameters, workers).clip();

            assertEquals(before, norm(parameters));
        }
    }

    /** Five outputs in blocks of four rows, and images within a margin: the rest of the last blocks and of the panels belongs to nothing. */
    @Test
    void whatAConvolutionHasInThePaddingDoesNotCount() {
        Layer layers = Sequential.of(new Conv2d(5, 3, 1, 1), new Relu(), new Flatten(), new Linear(2));
        TrainingConfig config = TrainingConfig.builder()
                .model(Model.of("conv", layers))
                .method(Method.STATIC)
                .distribution(Distribution.UNIFORM)
                .sparsity(0.3)
                .block(4, 3)
                .batch(7)
                .threads(1)
                .build();
        Shape.Image image = new Shape.Image(5, 6, 3);
        try (Network network = Network.create(config, image, 2)) {
            fill(network, image);
            for (NamedParameter parameter : network.parameters()) {
                MemorySegment gradient = gradient(parameter.parameter());
                for (long i = 0; i < gradient.byteSize() / Float.BYTES; i++) {
                    gradient.setAtIndex(ValueLayout.JAVA_FLOAT, i, 1000); // of no step
                }
            }
            network.forward(0, true);
            network.backward(true);
            GradientClip clip = new GradientClip(
                    Double.MAX_VALUE, network.parameters(), network.setting().workers());

            clip.clip();

            double squares = 0;
            int padding = 0;
            for (NamedParameter parameter : network.parameters()) {
                float[] gradient = gradient(parameter.parameter()).toArray(ValueLayout.JAVA_FLOAT);
                boolean[] outside = outside(parameter.parameter(), gradient.length);
                for (int i = 0; i < gradient.length; i++) {
                    padding += outside[i] ? 1 : 0;
                    squares += outside[i] ? 0 : (double) gradient[i] * gradient[i];
                }
            }
            assertTrue(padding > 0);
            assertTrue(squares > 0);
            assertEquals(Math.sqrt(squares), clip.norm(), 1e-9 * clip.norm());
        }
    }

    private static void fill(Network network, Shape.Image image) {
        SplittableRandom random = new SplittableRandom(2);
        FeatureMap map = image.map(network.setting().halo());
        for (int row = 0; row < network.input().rows(); row++) {
            for (int y = 0; y < map.height(); y++) {
                for (int x = 0; x < map.width(); x++) {
                    for (int channel = 0; channel < map.channels(); channel++) {
                        network.input().set(row, map.feature(y, x, channel), random.nextFloat(-1, 1));
                    }
                }
            }
            for (int output = 0; output < 2; output++) {
                network.outputGradient().set(row, output, random.nextFloat(-1, 1));
            }
        }
    }

    /** Which values of blocks are outside of the matrix. */
    private static boolean[] outside(Parameter parameter, int values) {
        boolean[] outside = new boolean[values];
        if (parameter instanceof BlockParameter weights) {
            BlockPattern p = weights.values().pattern();
            int ofBlock = p.blockRows() * p.blockCols();
            for (int gridRow = 0; gridRow < p.gridRows(); gridRow++) {
                for (int block = p.rowOffset(gridRow); block < p.rowOffset(gridRow + 1); block++) {
                    for (int i = 0; i < ofBlock; i++) {
                        int row = gridRow * p.blockRows() + i / p.blockCols();
                        int col = p.gridCol(block) * p.blockCols() + i % p.blockCols();
                        outside[block * ofBlock + i] = row >= p.rows() || col >= p.cols();
                    }
                }
            }
        }
        return outside;
    }

    @Test
    void workersChangeNoBitOfTheNorm() {
        double[] norms = new double[3];
        for (int threads = 1; threads <= 3; threads++) {
            try (KernelArena arena = KernelArena.open();
                    Workers workers = Workers.of(threads)) {
                GradientClip clip = new GradientClip(1, parameters(arena), workers);
                clip.clip();
                norms[threads - 1] = clip.norm();
            }
        }
        assertEquals(norms[0], norms[1]);
        assertEquals(norms[0], norms[2]);
    }

    @Test
    void gradientsThatAreNoNumbersAreLeftForTheDivergenceToBeSeen() {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            List<NamedParameter> parameters = parameters(arena);
            MemorySegment gradient = gradient(parameters.get(2).parameter());
            gradient.setAtIndex(ValueLayout.JAVA_FLOAT, 0, Float.POSITIVE_INFINITY);

            new GradientClip(1, parameters, workers).clip();

            assertEquals(Float.POSITIVE_INFINITY, gradient.getAtIndex(ValueLayout.JAVA_FLOAT, 0));
        }
    }
}
