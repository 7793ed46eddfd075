package dev.rewire.training.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    @Test
    void sizesAreAPerceptron() {
        assertEquals("784-300-100-10", Presets.parse("784-300-100-10").text());
    }
}
