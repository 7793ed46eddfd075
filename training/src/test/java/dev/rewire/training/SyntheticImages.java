package dev.rewire.training;

import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.IdxFile;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.data.LabelledImages;
import dev.rewire.training.rewiring.Method;
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

    static DataSplit of(int train, int test) {
        return of(train, test, 1);
    }

    static DataSplit of(int train, int test, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[][] prototypes = new int[CLASSES][FEATURES];
        for (int[] prototype : prototypes) {
            for (int f = 0; f < FEATURES; f++) {
                prototype[f] = random.nextInt(256);
            }
        }
        Pixel pixel = (label, feature) -> Math.clamp(prototypes[label][feature] + random.nextInt(-120, 121), 0, 255);
        return new ImageData(
                        images(train, SIDE, CLASSES, random, pixel),
                        images(test, SIDE, CLASSES, random, pixel),
                        CLASSES)
                .split();
    }

    /** Images of side × side pixels and as many classes, one row bright: that of their class. A network fits them without a rest in some epochs. */
    static DataSplit brightRows(int side, int train, int test) {
        SplittableRandom random = new SplittableRandom(3);
        Pixel pixel = (label, feature) -> (feature / side == label ? 150 : 0) + random.nextInt(100);
        return new ImageData(images(train, side, side, random, pixel), images(test, side, side, random, pixel), side)
                .split();
    }

    private interface Pixel {
        int draw(int label, int feature);
    }

    private static LabelledImages images(int count, int side, int classes, SplittableRandom random, Pixel pixel) {
        ByteBuffer images = ByteBuffer.allocate(16 + count * side * side);
        images.putInt(0x0803).putInt(count).putInt(side).putInt(side);
        ByteBuffer labels = ByteBuffer.allocate(8 + count);
        labels.putInt(0x0801).putInt(count);
        for (int i = 0; i < count; i++) {
            int label = random.nextInt(classes);
            labels.put((byte) label);
            for (int f = 0; f < side * side; f++) {
                images.put((byte) pixel.draw(label, f));
            }
        }
        try {
            return LabelledImages.of(read(images.array(), 3), read(labels.array(), 1), classes);
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
