package dev.rewire.training.model;

import dev.rewire.training.setting.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;

/** The models that have a name on the command line. */
public final class Presets {
    private static final String ACCEPTED =
            "sizes joined by '-', as 784-1024-10, lenet5, resnet8, resnet20, wrn16-2, gpt-LAYERSxHEADSxWIDTHxCONTEXT";

    private Presets() {}

    /**
     * Reads a value of {@code --model}.
     *
     * @param text sizes joined by '-', as {@code 784-1024-10}; lenet5, resnet8, resnet20 or wrn16-2; or {@code gpt-LxHxDxT} with numbers of layers, heads, features of a token
     *     and tokens of a sequence
     * @return the model
     * @throws InvalidConfigException if there is no such model
     */
    public static Model parse(String text) {
        if (text.startsWith("gpt-")) {
            return Gpt.parse(text);
        }
        return switch (text) {
            case "lenet5" -> new LeNet5();
            case "resnet8" -> new ResNet(text, 1, 1);
            case "resnet20" -> new ResNet(text, 3, 1);
            case "wrn16-2" -> new ResNet(text, 2, 2);
            default -> perceptron(text);
        };
    }

    /**
     * Refuses another model under the name of a preset: a checkpoint holds the name alone, and would be resumed with the preset.
     *
     * @param model a model
     * @throws InvalidConfigException if it is called as a preset that it is not
     */
    public static void requireOwnName(Model model) {
        Model preset;
        try {
            preset = parse(model.text());
        } catch (InvalidConfigException e) {
            return;
        }
        if (!preset.equals(model)) {
            throw new InvalidConfigException(
                    "text of a model",
                    model.text(),
                    "is the name of a preset, which this is not",
                    "names that --model does not know");
        }
    }

    private static Model perceptron(String text) {
        List<Integer> sizes = new ArrayList<>();
        for (String size : text.split("-", -1)) {
            try {
                sizes.add(Integer.valueOf(size));
            } catch (NumberFormatException e) {
                throw new InvalidConfigException("--model", text, ACCEPTED);
            }
        }
        return new Perceptron(sizes);
    }
}
