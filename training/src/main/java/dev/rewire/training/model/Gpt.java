package dev.rewire.training.model;

import dev.rewire.training.layer.Gelu;
import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.layer.Residual;
import dev.rewire.training.layer.Sequential;
import dev.rewire.training.layer.Shape;
import dev.rewire.training.layer.sequence.Embedding;
import dev.rewire.training.layer.sequence.LayerNorm;
import dev.rewire.training.layer.sequence.Positions;
import dev.rewire.training.layer.sequence.SelfAttention;
import dev.rewire.training.setting.InvalidConfigException;

/**
 * A transformer that predicts the next word from those before (Radford et al., "Language models are unsupervised multitask learners", 2019): normalisation before attention and
 * before the two layers of four times the width, learned positions, an output product of its own. Embeddings, norms and output stay dense.
 *
 * @param layers blocks
 * @param heads of each attention, a divisor of the width
 * @param width features of a token
 * @param context tokens of a sequence
 */
record Gpt(int layers, int heads, int width, int context) implements Model {
    private static final String ACCEPTED =
            "gpt-LAYERSxHEADSxWIDTHxCONTEXT with heads that divide the width, as gpt-4x4x128x64";
    private static final int MOST_LAYERS = 1000;
    private static final int MOST_WIDTH = 1 << 14;
    private static final int MOST_CONTEXT = 1 << 16;

    Gpt {
        boolean inRange = layers >= 1
                && layers <= MOST_LAYERS
                && heads >= 1
                && width >= 1
                && width <= MOST_WIDTH
                && context >= 1
                && context <= MOST_CONTEXT;
        if (!inRange || width % heads != 0) {
            throw new InvalidConfigException("--model", text(layers, heads, width, context), ACCEPTED);
        }
    }

    /** Reads the sizes of a text that starts with {@code gpt-}. */
    static Gpt parse(String text) {
        String[] sizes = text.substring("gpt-".length()).split("x", -1);
        if (sizes.length != 4) {
            throw new InvalidConfigException("--model", text, ACCEPTED);
        }
        int[] numbers = new int[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            try {
                numbers[i] = Integer.parseInt(sizes[i]);
            } catch (NumberFormatException e) {
                throw new InvalidConfigException("--model", text, ACCEPTED);
            }
        }
        return new Gpt(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    private static String text(int layers, int heads, int width, int context) {
        return "gpt-" + layers + "x" + heads + "x" + width + "x" + context;
    }

    @Override
    public String text() {
        return text(layers, heads, width, context);
    }

    @Override
    public Shape exampleSample() {
        return new Shape.Tokens(context, 1);
    }

    /** The characters of a play. */
    @Override
    public int exampleOutputs() {
        return 65;
    }

    @Override
    public Layer layers(Shape input, int outputs) {
        if (!input.equals(new Shape.Tokens(context, 1))) {
            throw new InvalidConfigException(
                    "--model",
                    text(),
                    "learns of " + new Shape.Tokens(context, 1) + ", not of samples of " + input,
                    "models for such data");
        }
        // The branches of all blocks add up.
        double branchGain = 1.0 / (2 * layers);
        Sequential net =
                Sequential.of().then("tokens", new Embedding(outputs, width)).then("positions", new Positions());
        for (int block = 1; block <= layers; block++) {
            Layer attention = Sequential.of()
                    .then("norm", new LayerNorm())
                    .then("self", new SelfAttention(heads, true, branchGain));
            Layer ffn = Sequential.of()
                    .then("norm", new LayerNorm())
                    .then("up", new Linear(4 * width).withGain(1))
                    .then("gelu", new Gelu())
                    .then("down", new Linear(width).withGain(branchGain));
            net = net.then(
                    "block" + block,
                    Sequential.of().then("attention", new Residual(attention)).then("ffn", new Residual(ffn)));
        }
        return net.then("norm", new LayerNorm())
                .then("head", new Linear(outputs).withoutBias().withGain(0.05).keptDense());
    }
}
