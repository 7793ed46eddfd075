package dev.rewire.training;

import dev.rewire.training.data.IdxFile;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.data.LabelledImages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/** Small images of a few classes: a prototype each, under noise. Easy to learn, though not from a single pixel. */
final class SyntheticImages {
    static final int SIDE = 6;
    static final int FEATURES = SIDE * SIDE;
    static final int CLASSES = 4;

    private SyntheticImages() {}

    static ImageData of(int train, int test) {
        return of(train, test, 1);
    }

    static ImageData of(int train, int test, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] prototypes = new int[CLASSES][FEATURES];
        for (int[] prototype : prototypes) {
            for (int f = 0; f < FEATURES; f++) {
                prototype[f] = random.nextInt(256);
            }
        }
        return new ImageData(images(train, prototypes, random), images(test, prototypes, random), CLASSES);
    }

    private static LabelledImages images(int count, int[][] prototypes, SplittableRandom random) {
        ByteBuffer images = ByteBuffer.allocate(16 + count * FEATURES);
        images.putInt(0x0803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x0801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(CLASSES);
            labels.put((byte) label);
            for (int f = 0; f < FEATURES; f++) {
                int pixel = prototypes[label][f] + random.nextInt(-120, 121);
                images.put((byte) Math.clamp(pixel, 0, 255));
            }
        }
        try {
            return LabelledImages.of(read(images.array(), 3), read(labels.array(), 1), CLASSES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static IdxFile read(byte[] content, int dimensions) throws IOException {
        Path file = Files.createTempFile("synthetic", ".idx");
        try {
            Files.write(file, content);
            return IdxFile.read(file, dimensions);
        } finally {
            Files.delete(file);
        }
    }

    /** Settings of a small network for these images. */
    static TrainingConfigBuilder config(Method method) {
        return TrainingConfig.builder()
                .model(List.of(FEATURES, 32, 24, CLASSES))
                .method(method)
                .sparsity(0.8)
                .epochs(6)
                .batch(20)
                .learningRate(0.05)
                .deltaT(7)
                .seed(11);
    }
}
