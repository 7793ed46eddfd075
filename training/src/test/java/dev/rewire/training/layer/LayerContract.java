package dev.rewire.training.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.WeightSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * What is asked of every layer, held against the same layer in double precision: its output, and its gradients, which are central differences there. Samples are
 * arrays of their numbers in order, without margins and padding.
 */
final class LayerContract {
    private static final double DIFFERENCE = 1e-5;

    /** A layer in double precision. */
    @FunctionalInterface
    interface Reference {
        /**
         * Computes the outputs of a batch.
         *
         * @param samples a batch
         * @param parameters in order, row by row; weights that are not stored are 0
         */
        List<double[]> forward(List<double[]> samples, List<double[]> parameters);
    }

    private final Layer layer;
    private final Shape shape;
    private final int batch;
    private int blockRows = 1;
    private int blockCols = 1;
    private double density = 1;
    private int threads = 2;
    private double inputScale = 1;

    private LayerContract(Layer layer, Shape shape, int batch) {
        this.layer = layer;
        this.shape = shape;
        this.batch = batch;
    }

    static LayerContract of(Layer layer, Shape shape, int batch) {
        return new LayerContract(layer, shape, batch);
    }

    LayerContract blocks(int rows, int cols, double share) {
        blockRows = rows;
        blockCols = cols;
        density = share;
        return this;
    }

    /** What a run left behind. */
    private record Run(
            List<double[]> samples,
            List<double[]> outputs,
            List<double[]> inputGradients,
            List<double[]> coefficients,
            List<double[]> parameters,
            List<double[]> gradients,
            List<boolean[]> stored,
            List<String> names) {}

    /**
     * Checks output and gradients.
     *
     * @param tolerance of both, absolute; numbers are around 1
     */
    void check(Reference reference, double tolerance) {
        Run run = run(threads);
        List<double[]> expected = reference.forward(run.samples, run.parameters);
        for (int s = 0; s < batch; s++) {
            for (int i = 0; i < expected.get(s).length; i++) {
                assertEquals(expected.get(s)[i], run.outputs.get(s)[i], tolerance, "output " + i + " of sample " + s);
            }
        }
        SplittableRandom random = new SplittableRandom(7);
        for (int s = 0; s < batch; s++) {
            // Differences cost a forward pass each, so of many inputs some are tried.
            int tries = Math.min(run.samples.get(s).length, Math.max(2, 400 / batch));
            for (int t = 0; t < tries; t++) {
                int i = tries == run.samples.get(s).length ? t : random.nextInt(run.samples.get(s).length);
                double slope = slope(reference, run, run.samples.get(s), i);
                assertEquals(
                        slope, run.inputGradients.get(s)[i], tolerance, "gradient of input " + i + " of sample " + s);
            }
        }
        for (int p = 0; p < run.parameters.size(); p++) {
            double[] values = run.parameters.get(p);
            int tries = Math.min(values.length, 200);
            for (int t = 0; t < tries; t++) {
                int i = tries == values.length ? t : random.nextInt(values.length);
                double slope = run.stored.get(p)[i] ? slope(reference, run, values, i) : 0;
                assertEquals(
                        slope,
                        run.gradients.get(p)[i],
                        tolerance * Math.sqrt(batch),
                        "gradient of " + run.names.get(p) + ", " + i);
            }
        }
    }

    /** The same bits whoever computes. */
    void checkWorkers() {
        Run one = run(1);
        Run three = run(3);
        for (int s = 0; s < batch; s++) {
            assertEquals(boxed(one.outputs.get(s)), boxed(three.outputs.get(s)), "output");
            assertEquals(boxed(one.inputGradients.get(s)), boxed(three.inputGradients.get(s)), "gradient");
        }
        for (int p = 0; p < one.gradients.size(); p++) {
            assertEquals(boxed(one.gradients.get(p)), boxed(three.gradients.get(p)), one.names.get(p));
        }
    }

    /** The parameters of a network's first layer, the gradient of whose input nobody asks for, learn as others do. */
    void checkFirst() {
        Run inside = run(1);
        Run first = run(1, true);
        for (int p = 0; p < inside.gradients.size(); p++) {
            assertEquals(boxed(inside.gradients.get(p)), boxed(first.gradients.get(p)), inside.names.get(p));
        }
    }

    private static List<Double> boxed(double[] values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return list;
    }

    private static double slope(Reference reference, Run run, double[] variables, int index) {
        double old = variables[index];
        variables[index] = old + DIFFERENCE;
        double above = loss(reference, run);
        variables[index] = old - DIFFERENCE;
        double below = loss(reference, run);
        variables[index] = old;
        return (above - below) / (2 * DIFFERENCE);
    }

    private static double loss(Reference reference, Run run) {
        List<double[]> outputs = reference.forward(run.samples, run.parameters);
        double sum = 0;
        for (int s = 0; s < outputs.size(); s++) {
            for (int i = 0; i < outputs.get(s).length; i++) {
                sum += outputs.get(s)[i] * run.coefficients.get(s)[i];
            }
        }
        return sum;
    }

    private Run run(int workerCount) {
        return run(workerCount, false);
    }

    private Run run(int workerCount, boolean first) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(workerCount)) {
            Outline outline = new Outline();
            Shape outputShape = layer.outline(outline, shape);
            int halo = outline.halo();
            Binding binding = new Binding(new Binding.Setting(
                    arena, workers, new Engine.Kernels(), batch, 0, halo, 5, true, patterns(outline)));
            Activations input =
                    new Activations(shape, binding.panels(shape), first ? null : binding.panels(shape), false);
            BoundLayer bound = layer.bind(binding, input);
            SplittableRandom random = new SplittableRandom(3);
            for (NamedParameter parameter : binding.parameters()) {
                if (parameter.parameter() instanceof DenseParameter dense) {
                    for (int row = 0; row < dense.values().rows(); row++) {
                        for (int col = 0; col < dense.values().cols(); col++) {
                            dense.values().set(row, col, random.nextFloat(0.2f, 1));
                        }
                    }
                }
            }
            List<double[]> samples = random(shape, random, inputScale);
            put(samples, shape, halo, input.values());
            bound.forward(0, true);
            List<double[]> outputs = get(bound.output().values(), outputShape, halo);
            List<double[]> coefficients = random(outputShape, random, 1);
            put(
                    coefficients,
                    outputShape,
                    halo,
                    Objects.requireNonNull(bound.output().gradient()));
            bound.backward(true);
            List<double[]> parameters = new ArrayList<>();
            List<double[]> gradients = new ArrayList<>();
            List<boolean[]> stored = new ArrayList<>();
            for (NamedParameter parameter : binding.parameters()) {
                add(parameter, parameters, gradients, stored);
            }
            return new Run(
                    samples,
                    outputs,
                    input.gradient() == null ? List.of() : get(input.gradient(), shape, halo),
                    coefficients,
                    parameters,
                    gradients,
                    stored,
                    binding.parameters().stream().map(NamedParameter::name).toList());
        }
    }

    private List<ParameterPattern> patterns(Outline outline) {
        List<ParameterPattern> patterns = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(11);
        for (WeightSpec spec : outline.weights()) {
            int cols = Math.toIntExact(spec.shape().columns());
            int width = spec.blockCols(blockCols);
            int all = BlockPattern.full(spec.shape().out(), cols, blockRows, width)
                    .blocks();
            patterns.add(new ParameterPattern.Blocks(BlockPattern.random(
                    spec.shape().out(), cols, blockRows, width, (int) Math.ceil(density * all), random)));
        }
        return patterns;
    }

    private static void add(
            NamedParameter parameter, List<double[]> values, List<double[]> gradients, List<boolean[]> stored) {
        switch (parameter.parameter()) {
            case DenseParameter dense -> {
                values.add(array(dense.values()));
                gradients.add(array(dense.gradient()));
                boolean[] all =
                        new boolean[dense.values().rows() * dense.values().cols()];
                Arrays.fill(all, true);
                stored.add(all);
            }
            case BlockParameter blocks -> {
                BlockPattern p = blocks.values().pattern();
                double[] w = new double[p.rows() * p.cols()];
                double[] g = new double[w.length];
                boolean[] s = new boolean[w.length];
                for (int row = 0; row < p.rows(); row++) {
                    for (int col = 0; col < p.cols(); col++) {
                        int i = row * p.cols() + col;
                        s[i] = p.find(row / p.blockRows(), col / p.blockCols()) >= 0;
                        w[i] = blocks.values().get(row, col);
                        g[i] = blocks.gradient().get(row, col);
                    }
                }
                values.add(w);
                gradients.add(g);
                stored.add(s);
            }
            default -> throw new IllegalStateException(parameter.name());
        }
    }

    private static double[] array(DenseMatrix matrix) {
        double[] values = new double[matrix.rows() * matrix.cols()];
        for (int i = 0; i < values.length; i++) {
            values[i] = matrix.get(i / matrix.cols(), i % matrix.cols());
        }
        return values;
    }

    private List<double[]> zeros(Shape of) {
        return Stream.generate(() -> new double[of.elements()]).limit(batch).toList();
    }

    private List<double[]> random(Shape of, SplittableRandom random, double scale) {
        List<double[]> samples = zeros(of);
        for (double[] sample : samples) {
            for (int i = 0; i < sample.length; i++) {
                sample[i] = (float) (scale * random.nextDouble(-1, 1));
            }
        }
        return samples;
    }

    /** Row and feature of a number of a sample. */
    private static int[] place(Shape of, int halo, int sample, int i) {
        return switch (of) {
            case Shape.Features features -> new int[] {sample, i};
            case Shape.Image image -> {
                FeatureMap map = image.map(halo);
                int position = i / image.channels();
                yield new int[] {
                    sample, map.feature(position / image.width(), position % image.width(), i % image.channels())
                };
            }
            case Shape.Tokens tokens ->
                new int[] {sample * tokens.rows() + i / tokens.features(), i % tokens.features()};
        };
    }

    private static void put(List<double[]> samples, Shape of, int halo, PanelMatrix panels) {
        for (int s = 0; s < samples.size(); s++) {
            for (int i = 0; i < samples.get(s).length; i++) {
                int[] place = place(of, halo, s, i);
                panels.set(place[0], place[1], (float) samples.get(s)[i]);
            }
        }
    }

    /** Takes out the numbers, after a look at what has to be zero. */
    private List<double[]> get(PanelMatrix panels, Shape of, int halo) {
        List<double[]> samples = zeros(of);
        double sum = 0;
        for (int s = 0; s < batch; s++) {
            for (int i = 0; i < samples.get(s).length; i++) {
                int[] place = place(of, halo, s, i);
                samples.get(s)[i] = panels.get(place[0], place[1]);
                sum += Math.abs(samples.get(s)[i]);
            }
        }
        if (!(of instanceof Shape.Tokens)) {
            assertEquals(sum, magnitude(panels.segment()), 1e-9 * sum, "margin, padding or lanes behind the batch");
        }
        return samples;
    }

    private static double magnitude(MemorySegment floats) {
        double sum = 0;
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            sum += Math.abs(floats.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
        return sum;
    }
}
