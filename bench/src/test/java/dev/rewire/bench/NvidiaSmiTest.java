package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NvidiaSmiTest {
    @Test
    void readsOneLineOfValues() {
        Map<String, String> known = NvidiaSmi.parse(
                "NVIDIA H100 80GB HBM3, 580.65.06, 1755 MHz, 1980 MHz, 2619 MHz, 112.5 W, 700.00 W, 41");
        assertEquals("580.65.06", known.get("driver_version"));
        assertEquals("1755 MHz", known.get("clocks.sm"));
        assertEquals("41", known.get("temperature.gpu"));
    }

    @Test
    void saysWhyThereIsNoAnswer() {
        Map<String, String> absent = NvidiaSmi.ask("no-such-nvidia-smi");
        assertEquals(List.of("nvidia-smi"), List.copyOf(absent.keySet()));
        assertTrue(absent.get("nvidia-smi").contains("no-such-nvidia-smi"), absent.toString());
    }

    @Test
    void doesNotGuessAtAnotherAnswer() {
        assertTrue(NvidiaSmi.parse("a, b").get("nvidia-smi").contains("a, b"));
    }
}
