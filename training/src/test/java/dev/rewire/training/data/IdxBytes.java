package dev.rewire.training.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small IDX files for the tests. Images are 2×3, pixel i of the file is 7·i mod 256, label i is i mod 10. */
public final class IdxBytes {
    public static final int HEIGHT = 2;
    public static final int WIDTH = 3;

    private IdxBytes() {}

    public static byte[] images(int count) {
        return images(count, HEIGHT, WIDTH);
    }

    public static byte[] images(int count, int height, int width) {
        byte[] values = new byte[count * height * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (7 * i);
        }
        return file(values, count, height, width);
    }

    public static byte[] labels(int count) {
        byte[] values = new byte[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i % 10);
        }
        return file(values, count);
    }

    public static byte[] file(byte[] values, int... sizes) {
        ByteBuffer file = ByteBuffer.allocate(4 + 4 * sizes.length + values.length);
        file.put(new byte[] {0, 0, 8, (byte) sizes.length});
        for (int size : sizes) {
            file.putInt(size);
        }
        return file.put(values).array();
    }

    public static byte[] gzip(byte[] content) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    public static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the four files of a data set of 20 training and 10 test images. */
    public static Path writeSet(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder.resolve("train-images-idx3-ubyte"), images(20));
        write(folder.resolve("train-labels-idx1-ubyte"), labels(20));
        write(folder.resolve("t10k-images-idx3-ubyte.gz"), gzip(images(10)));
        write(folder.resolve("t10k-labels.idx1-ubyte"), labels(10));
        return folder;
    }
}
