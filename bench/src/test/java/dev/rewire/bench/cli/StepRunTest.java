package dev.rewire.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepRunTest {
    @ParameterizedTest
    @CsvSource({"20-30-5, 0, 785", "20-30-5, 0.5, 410", "gpt-1x2x16x20, 0, 5712", "resnet8, 0, 77562"})
    void stepsOfAnyModelAreTimed(String model, double sparsity, long parameters) throws IOException {
        CommandRun run = CommandRun.of(
                "step", "--model", model, "--sparsity", "" + sparsity, "--batch", "3", "--seconds", "0.2", "--json");

        assertEquals(0, run.status(), run.err());
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertEquals(parameters, json.get("parameters").asLong());
        assertTrue(json.get("step_ms_best").asDouble() > 0);
        assertTrue(json.get("step_ms_median").asDouble()
                >= json.get("step_ms_best").asDouble());
        assertEquals("rewire step", json.get("command").asText().substring(0, 11));
    }

    @ParameterizedTest
    @CsvSource({"--model, resnet9", "--batch, 0", "--threads, 0", "--sparsity, 1", "--seconds, NaN", "--block, 0x3"})
    void whatCannotBeHadIsRefusedByName(String option, String value) {
        CommandRun run = CommandRun.of("step", option, value);

        assertEquals(2, run.status());
        assertTrue(run.err().startsWith("rewire step: " + option), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void peopleGetALine() {
        CommandRun run = CommandRun.of("step", "--model", "9-7-3", "--seconds", "0.1");

        assertTrue(run.out().startsWith("9-7-3, sparsity 0.9 in 1x1, batch 128, 1 thread: "), run.out());
    }
}
