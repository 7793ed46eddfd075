package dev.rewire.training.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.layer.Layer;
import dev.rewire.training.layer.Linear;
import dev.rewire.training.setting.InvalidConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PresetsTest {
    @ParameterizedTest
    @ValueSource(strings = {"784", "784-0-10", "1000000-1000000", "784-", "784-x-10", ""})
    void whatIsNoModelIsRefusedByItsText(String text) {
        InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> Presets.parse(text));

        assertTrue(e.getMessage().startsWith("--model: " + text + " is not accepted; accepted are "), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"lenet5", "resnet20", "wrn16-2", "gpt-1x1x8x16", "784-300-10"})
    void aModelOfOnesOwnIsNotCalledAsAPreset(String text) {
        Layer layers = new Linear(10);
        InvalidConfigException e = assertThrows(InvalidConfigException.class, () -> Model.of(text, layers));

        assertEquals(
                "text of a model: " + text
                        + " is the name of a preset, which this is not; accepted are names that --model does not know",
                e.getMessage());
    }

    @Test
    void sizesAreAPerceptron() {
        assertEquals("784-300-100-10", Presets.parse("784-300-100-10").text());
    }
}
