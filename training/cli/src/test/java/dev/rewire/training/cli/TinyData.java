package dev.rewire.training.cli;

import dev.rewire.training.TrainingConfigBuilder;
import dev.rewire.training.cli.option.SettingsOptions;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A data set that a network learns in no time: images of 4 × 4 pixels, the brightest row of which is their class. */
public final class TinyData {
    static final int TRAIN = 240;
    static final int TEST = 60;
    public static final int CLASSES = 4;

    /** Options for a network that fits it. */
    static final String[] OPTIONS = {
        "--model", "16-24-" + CLASSES, "--batch", "20", "--epochs", "3", "--delta-t", "5", "--threads", "1"
    };

    private static final int SIDE = 4;

    private TinyData() {}

    /** The settings of these options. */
    public static TrainingConfigBuilder config(Method method) {
        return SettingsOptions.DEFAULTS.toBuilder()
                .method(method)
                .model(List.of(16, 24, CLASSES))
                .batch(20)
                .epochs(3)
                .deltaT(5)
                .threads(1);
    }

    /** Writes the four files. */
    public static Path writeTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        Random random = new Random(7);
        write(folder, "train", TRAIN, random);
        write(folder, "t10k", TEST, random);
        return folder;
    }

    private static void write(Path folder, String stem, int count, Random random) throws IOException {
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x0803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x0801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(CLASSES);
            labels.put((byte) label);
            for (int row = 0; row < SIDE; row++) {
                for (int col = 0; col < SIDE; col++) {
                    images.put((byte) ((row == label ? 150 : 0) + random.nextInt(100)));
                }
            }
        }
        Files.write(folder.resolve(stem + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(stem + "-labels-idx1-ubyte"), labels.array());
    }
}
