package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.training.checkpoint.CheckpointException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.internal.Sha256;
import dev.rewire.training.rewiring.Method;
import dev.rewire.training.setting.NmSparsity;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checkpoints that were changed and signed again: resuming gives a run or the documented exception, within modest memory. */
class MutatedCheckpointTest {
    private static final DataSplit IMAGES = SyntheticImages.of(60, 20);

    /** What a claim of 2³¹ of anything would need is far more. */
    private static final long MOST_BYTES = 64 << 20;

    private static final int CHECKSUM = 32;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int[] SIZES = {
        -1, 0, 1, 63, 64, 65, 1 << 16, 1 << 24, Integer.MAX_VALUE - 64, Integer.MAX_VALUE, 1 << 31
    };
    private static final String[] INSERTED = {
        "0", "9", "-", "x", "\u001b[31m", "\u0085", "\n", " ", "2147483647", "NaN", "1e999"
    };

    @TempDir
    private Path folder;

    private int refused;

    @ParameterizedTest
    @CsvSource({"RIGL, 1, 1500", "DENSE, 1, 300", "SET, 4, 300"})
    void blocks(Method method, int block, int tries) throws IOException {
        mutate(SyntheticImages.config(method).block(block, block).build(), tries);
    }

    @ParameterizedTest
    @CsvSource({"STATIC, 700", "SR_STE, 300"})
    void nm(Method method, int tries) throws IOException {
        mutate(SyntheticImages.config(method).nm(new NmSparsity(2, 4)).build(), tries);
    }

    @Test
    void manyEpochsTakeNoMemory() throws IOException {
        byte[] whole = saved(SyntheticImages.config(Method.RIGL).epochs(1_000).build());
        String text =
                new String(whole, StandardCharsets.ISO_8859_1).replaceFirst("\nepochs 1000\n", "\nepochs 1000000\n");
        resume(signed(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
    }

    private byte[] saved(TrainingConfig config) throws IOException {
        Path file = folder.resolve("whole.ckpt");
        // The smallest model there is: its file is little more than its text.
        try (TrainingRun run = TrainingRun.create(
                config.toBuilder().model(java.util.List.of(36, 8, 4)).build(), IMAGES)) {
            run.save(file);
        }
        return Files.readAllBytes(file);
    }

    private void mutate(TrainingConfig config, int tries) throws IOException {
        byte[] whole = saved(config);
        RandomGenerator random = new SplittableRandom(7);
        for (int attempt = 0; attempt < tries; attempt++) {
            resume(signed(mutated(whole, random)), attempt);
        }
        assertTrue(refused > tries / 4, () -> refused + " refused of " + tries);
    }

    private static byte[] mutated(byte[] whole, RandomGenerator random) {
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        int header = text.indexOf("\n\n") + 2;
        if (random.nextInt(3) == 0) {
            int at = random.nextInt(20, header);
            int end = Math.min(header, at + random.nextInt(3));
            String inserted = INSERTED[random.nextInt(INSERTED.length)];
            return (text.substring(0, at) + inserted + text.substring(end)).getBytes(StandardCharsets.ISO_8859_1);
        }
        byte[] changed = whole.clone();
        // Sizes and indices of the first patterns, mostly.
        int at = random.nextInt(header, Math.min(header + 200, whole.length - CHECKSUM - 4));
        if (random.nextBoolean()) {
            at = header + (at - header) / 4 * 4;
        }
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(at, SIZES[random.nextInt(SIZES.length)]);
        return changed;
    }

    private static byte[] signed(byte[] bytes) {
        byte[] content = Arrays.copyOf(bytes, bytes.length - CHECKSUM);
        byte[] whole = Arrays.copyOf(content, bytes.length);
        System.arraycopy(Sha256.digest().digest(content), 0, whole, content.length, CHECKSUM);
        return whole;
    }

    private void resume(byte[] bytes, int attempt) throws IOException {
        Path file = folder.resolve("a.ckpt");
        Files.write(file, bytes);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            TrainingRun.resume(file, IMAGES, 1).close();
        } catch (CheckpointException e) {
            refused++;
            String message = String.valueOf(e.getMessage());
            assertFalse(message.codePoints().anyMatch(Character::isISOControl), message);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < MOST_BYTES, () -> allocated + " bytes for a file of " + bytes.length + ", " + attempt);
    }
}
