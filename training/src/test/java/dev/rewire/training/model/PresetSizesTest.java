package dev.rewire.training.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.Engine;
import dev.rewire.training.layer.Activations;
import dev.rewire.training.layer.Binding;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Outline;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.ParameterPattern;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.parameter.WeightSpec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PresetSizesTest {
    /** Of the residual nets and transformers as PyTorch counts them for the same nets; LeNet-5 and the small transformer by hand. */
    @ParameterizedTest
    @CsvSource({
        "lenet5, 28, 28, 1, 61706",
        "resnet8, 28, 28, 1, 77562",
        "resnet20, 28, 28, 1, 271994",
        "wrn16-2, 28, 28, 1, 691386",
        "resnet20, 32, 32, 3, 272282"
    })
    void imageNetsHaveAsManyParametersAsThosePublished(String text, int height, int width, int channels, long count) {
        assertEquals(count, parameters(Presets.parse(text), new Shape.Image(height, width, channels), 10));
    }

    @ParameterizedTest
    @CsvSource({"gpt-4x4x128x64, 64, 65, 818176", "gpt-1x2x16x20, 20, 7, 3856"})
    void transformersHaveAsManyParametersAsThosePublished(String text, int length, int words, long count) {
        assertEquals(count, parameters(Presets.parse(text), new Shape.Tokens(length, 1), words));
    }

    private static long parameters(Model model, Shape input, int outputs) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            Layer layer = model.layers(input, outputs);
            Outline outline = new Outline();
            layer.outline(outline, input);
            Binding binding = new Binding(new Binding.Setting(
                    arena, workers, new Engine.Kernels(), 2, 0, outline.halo(), 1, false, patterns(outline)));
            layer.bind(binding, new Activations(input, binding.panels(input), null, false));
            return binding.parameters().stream()
                    .mapToLong(PresetSizesTest::count)
                    .sum();
        }
    }

    private static long count(NamedParameter parameter) {
        return switch (parameter.parameter()) {
            case SparseParameter weights -> weights.nonzeros();
            case DenseParameter dense ->
                (long) dense.values().rows() * dense.values().cols();
        };
    }

    private static List<ParameterPattern> patterns(Outline outline) {
        return outline.weights().stream().map(PresetSizesTest::full).toList();
    }

    private static ParameterPattern full(WeightSpec spec) {
        int cols = Math.toIntExact(spec.shape().columns());
        return new ParameterPattern.Blocks(BlockPattern.full(spec.shape().out(), cols, 16, spec.blockCols(16)));
    }
}
