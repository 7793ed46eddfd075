package dev.rewire.training.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightOverrideTest {
    @Test
    void settingsAreReadInAnyOrder() {
        assertEquals(new WeightOverride("a.*", 0.7, 8, 4, null), WeightOverride.parse("a.*=8x4,0.7"));
        assertEquals(new WeightOverride("a", 0.0, 0, 0, null), WeightOverride.parse("a=dense"));
        assertEquals(new WeightOverride("a", null, 0, 0, new NmSparsity(2, 4)), WeightOverride.parse("a=2:4"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear1=dense", "**.weight=0.7", "a.b=0.25,16x16", "*=1x64", "x=1:4"})
    void theTextIsReadBack(String text) {
        assertEquals(text, WeightOverride.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource({
        "linear1, linear1.weight, true",
        "linear1.weight, linear1.weight, true",
        "linear, linear1.weight, false",
        "linear*, linear1.weight, true",
        "*, stage1.conv2.weight, true",
        "*.weight, linear1.weight, true",
        "*.weight, stage1.conv2.weight, false",
        "**.weight, stage1.conv2.weight, true",
        "stage1.*.weight, stage1.conv2.weight, true",
        "stage1.conv, stage1.conv2.weight, false",
        "**conv2, stage1.conv2.weight, true",
        "a.b, axb, false",
        "a+, aa, false"
    })
    void aGlobMatchesWeightsOrLayersThatTheyAreIn(String glob, String name, boolean matches) {
        assertEquals(matches, WeightOverride.parse(glob + "=dense").matches(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "linear1",
                "=dense",
                "a=",
                "a=1",
                "a=-0.1",
                "a=NaN",
                "a=sparse",
                "a=0x0",
                "a=0x8",
                "a=65x1",
                "a=0.5,0.6",
                "a=8x8,4x4",
                "a=2:4,0.5",
                "a=2:4,8x8",
                "a=dense,8x8",
                "a=3:3",
                "a=0.5,",
                "a b=0.5",
                "a=b=0.5",
                "a=99999999999x1"
            })
    void whatIsNotUnderstoodIsRefusedInOneLine(String text) {
        String message = assertThrows(InvalidConfigException.class, () -> WeightOverride.parse(text))
                .getMessage();

        assertTrue(message.startsWith("--set: " + text.split("=", -1)[0]), message);
        assertTrue(message.contains("accepted are "), message);
        assertEquals(1, message.lines().count());
    }
}
