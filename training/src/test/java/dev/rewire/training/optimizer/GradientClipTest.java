package dev.rewire.training.optimizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.Workers;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.Parameter;
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
