package dev.rewire.training.model;

import dev.rewire.training.setting.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;

/** The models that have a name on the command line. */
public final class Presets {
    private Presets() {}

    /**
     * Reads a value of {@code --model}.
     *
     * @param text sizes joined by '-', as {@code 784-1024-10}
     * @return the model
     * @throws InvalidConfigException if there is no such model
     */
    public static Model parse(String text) {
        List<Integer> sizes = new ArrayList<>();
        for (String size : text.split("-", -1)) {
            try {
                sizes.add(Integer.valueOf(size));
            } catch (NumberFormatException e) {
                throw new InvalidConfigException("--model", text, "sizes joined by '-', as 784-1024-10");
            }
        }
        return new Perceptron(sizes);
    }
}
