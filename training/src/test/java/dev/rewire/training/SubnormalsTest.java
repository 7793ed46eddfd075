package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.training.backend.DenseBackend;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.optimizer.Optimizer;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.Parameter;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import dev.rewire.training.setting.SrSte;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A network that fits its data sends back gradients that shrink without end. Subnormal floats, with which Intel's processors compute 10 to 30 times
 * as slowly, must not come of that: not at the loss, in a layer, in the optimiser, or in the weights, at any step.
 */
class SubnormalsTest {
    private static final int SIDE = 8;
    private static final DataSplit IMAGES = SyntheticImages.brightRows(SIDE, 1_280, 64);
    private static final int THREADS = 2;

    @ParameterizedTest
    @CsvSource({"DENSE", "STATIC", "SET", "RIGL"})
    void aNetworkThatFitsItsDataHasNone(Method method) {
        check(settings(method).build(), null);
    }

    @ParameterizedTest
    @CsvSource({"STATIC, false", "RIGL, false", "SR_STE, false", "SR_STE, true"})
    void norHasOneOfNm(Method method, boolean transposable) {
        check(
                settings(method)
                        .nm(new NmSparsity(2, 4))
                        .srSte(new SrSte(2e-4, transposable, transposable ? 40 : 1))
                        .build(),
                null);
    }

    @ParameterizedTest
    @CsvSource({"DENSE, false", "RIGL, true"})
    void norHasOneWithAdam(Method method, boolean decoupled) {
        Optimizer adam = new Optimizer.Adam(0.9, 0.999, 1e-8, 0.01, decoupled);
        check(settings(method).optimizer(adam).learningRate(0.01).build(), null);
    }

    @Test
    void norHasADenseOneOnALibrary() {
        TrainingConfig config = settings(Method.DENSE)
                .model(List.of(SIDE * SIDE, 256, 256, SIDE))
                .build();
        check(config, new LoopBackend());
    }

    private static TrainingConfigBuilder settings(Method method) {
        return TrainingConfig.builder()
                .model(List.of(SIDE * SIDE, 1024, 1024, SIDE))
                .method(method)
                .epochs(5)
                .seed(1)
                .threads(THREADS);
    }

    private static void check(TrainingConfig config, @Nullable DenseBackend backend) {
        try (TrainingRun run =
                backend == null ? TrainingRun.create(config, IMAGES) : TrainingRun.create(config, IMAGES, backend)) {
            while (!run.isComplete()) {
                run.step();
                assertEquals(Map.of(), subnormals(run), "after step " + run.steps());
            }
            assertEquals(1, run.test(), "it does not fit its data");
        }
    }

    /** How many there are, by place. */
    private static Map<String, Long> subnormals(TrainingRun run) {
        Map<String, Long> counts = new TreeMap<>();
        for (Binding.Leaf leaf : run.trainer().network().leaves()) {
            Activations output = leaf.layer().output();
            count("outputs of " + leaf.name(), output.values().segment(), counts);
            count("gradient of the outputs of " + leaf.name(), output.gradient().segment(), counts);
        }
        for (NamedParameter parameter : run.parameters()) {
            count("gradient of " + parameter.name(), gradient(parameter.parameter()), counts);
            List<MemorySegment> state = parameter.parameter().state();
            for (int part = 0; part < state.size(); part++) {
                count("state " + part + " of " + parameter.name(), state.get(part), counts);
            }
        }
        return counts;
    }

    private static MemorySegment gradient(Parameter parameter) {
        return switch (parameter) {
            case DenseParameter dense -> dense.gradient().segment();
            case BlockParameter blocks -> blocks.gradient().values();
            case NmParameter nm -> nm.gradient().values();
            case MaskedParameter masked -> {
                masked.gradient().computeBand(0); // all rows, as they are few
                yield masked.gradient().band().segment();
            }
        };
    }

    private static void count(String place, MemorySegment floats, Map<String, Long> counts) {
        long count = 0;
        for (long i = 0; i < floats.byteSize() / Float.BYTES; i++) {
            int exponentAndDigits = floats.getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i) & Integer.MAX_VALUE;
            count += exponentAndDigits > 0 && exponentAndDigits < 0x0080_0000 ? 1 : 0;
        }
        if (count > 0) {
            counts.put(place, count);
        }
    }
}
