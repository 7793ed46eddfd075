package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.checkpoint.Checkpoint;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.model.Presets;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network of a checkpoint, without its run. */
class TrainedNetworkTest {
    private static final DataSplit IMAGES = SyntheticImages.of(60, 20);

    @TempDir
    private Path folder;

    @Test
    void itPredictsAsTheRunDid() throws IOException {
        assertPredictsAsTheRun(SyntheticImages.config(Method.RIGL).build());
    }

    /** Running statistics are a part of it. */
    @Test
    void oneWithNormalisationPredictsAsTheRunDid() throws IOException {
        assertPredictsAsTheRun(SyntheticImages.config(Method.SET)
                .model(Presets.parse("resnet8"))
                .block(4, 4)
                .epochs(1)
                .build());
    }

    private void assertPredictsAsTheRun(TrainingConfig config) throws IOException {
        Path file = folder.resolve("run.rewire");
        float[][] expected;
        try (TrainingRun run = TrainingRun.create(config, IMAGES)) {
            run.trainEpoch(StepListener.NONE);
            run.save(file);
            expected = run.predict(IMAGES.test()).outputs();
        }
        try (TrainedNetwork network = TrainedNetwork.open(file, 1)) {
            float[][] outputs = network.predict(IMAGES.test()).outputs();
            for (int p = 0; p < expected.length; p++) {
                assertArrayEquals(expected[p], outputs[p], "sample " + p);
            }
        }
    }

    @Test
    void itKnowsWhatItHasLearnedFrom() throws IOException {
        try (TrainedNetwork network = TrainedNetwork.open(saved(), 1)) {
            assertEquals(
                    List.of(IMAGES.shape(), IMAGES.target(), IMAGES.train().sha256()),
                    List.of(network.sample(), network.target(), network.dataHash()));
        }
    }

    @Test
    void aCheckpointThatDoesNotSayWhatASampleIsIsRefused() throws IOException {
        assertRefused("sample", null, "does not say what a sample is");
    }

    @Test
    void aSampleThatIsNoneIsRefused() throws IOException {
        assertRefused("sample", "image 6 6", "sample: image 6 6 is none; accepted are features N");
    }

    @Test
    void aTargetThatIsNoneIsRefused() throws IOException {
        assertRefused("target", "classes many", "target: classes many is none; accepted are classes N");
    }

    @Test
    void aSampleThatTheModelCannotReadIsRefused() throws IOException {
        assertRefused("sample", "features 7", "do not fit its samples");
    }

    private void assertRefused(String key, @Nullable String value, String reason) throws IOException {
        Path file = saved();
        Map<String, String> text;
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            text = new LinkedHashMap<>(checkpoint.text());
        }
        if (value == null) {
            text.remove(key);
        } else {
            text.put(key, value);
        }
        Path changed = folder.resolve("changed.rewire");
        Checkpoint.save(changed, text, List.of(), List.of());
        String message = assertThrows(CheckpointException.class, () -> TrainedNetwork.open(changed, 1))
                .getMessage();
        assertTrue(message.contains(reason) && message.contains(changed.toString()), message);
    }

    private Path saved() throws IOException {
        Path file = folder.resolve("run.rewire");
        try (TrainingRun run =
                TrainingRun.create(SyntheticImages.config(Method.RIGL).build(), IMAGES)) {
            run.save(file);
        }
        return file;
    }
}
