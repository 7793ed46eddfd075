package dev.rewire.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small files in CIFAR's format. Image i of a set's training files has label i, of CIFAR-100 fine label 10 + i, and pixels that are a function of i, channel and position. */
public final class CifarBytes {
    private CifarBytes() {}

    public static int pixel(int image, int channel, int position) {
        return (31 * image + 7 * channel + position) & 0xFF;
    }

    private static byte[] records(int first, int count, int labels, int label) {
        byte[] bytes = new byte[count * (labels + 3072)];
        for (int i = 0; i < count; i++) {
            int from = i * (labels + 3072);
            bytes[from + labels - 1] = (byte) (label + i);
            for (int p = 0; p < 3072; p++) {
                bytes[from + labels + p] = (byte) pixel(first + i, p / 1024, p % 1024);
            }
        }
        return bytes;
    }

    /** Five files of two images each, and three images to test. */
    public static Path write10(Path folder) throws IOException {
        for (int file = 0; file < 5; file++) {
            Files.write(folder.resolve("data_batch_" + (file + 1) + ".bin"), records(2 * file, 2, 1, 2 * file));
        }
        Files.write(folder.resolve("test_batch.bin"), records(100, 3, 1, 7));
        return folder;
    }

    /** Four images to train, and one to test. */
    public static Path write100(Path folder) throws IOException {
        Files.write(folder.resolve("train.bin"), records(0, 4, 2, 10));
        Files.write(folder.resolve("test.bin"), records(100, 1, 2, 99));
        return folder;
    }
}
