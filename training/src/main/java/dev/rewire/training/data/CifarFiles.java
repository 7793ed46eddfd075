package dev.rewire.training.data;

import dev.rewire.training.internal.Arguments;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The binary files of CIFAR-10 and CIFAR-100: records of a label, of CIFAR-100 a coarse and a fine one, and 32 × 32 pixels of red, of green and of blue, row by row. Source:
 * Krizhevsky's page of the data sets.
 */
public enum CifarFiles {
    /** Ten classes: data_batch_1.bin to data_batch_5.bin, and test_batch.bin. */
    CIFAR_10(0, 10),
    /** A hundred fine classes: train.bin and test.bin. */
    CIFAR_100(20, 100);

    private static final SampleShape.Image SHAPE = new SampleShape.Image(32, 32, 3);
    private static final int PIXELS = 32 * 32 * 3;
    private static final int PLANE = 32 * 32;

    /** Classes of the label that comes first; 0 if there is but one. */
    private final int coarseClasses;

    private final int classes;

    CifarFiles(int coarseClasses, int classes) {
        this.coarseClasses = coarseClasses;
        this.classes = classes;
    }

    /** {@return the number of classes, 10 or 100} */
    public int classes() {
        return classes;
    }

    /** {@return the names of the files, that of the test images last} */
    public List<String> names() {
        return switch (this) {
            case CIFAR_10 ->
                List.of(
                        "data_batch_1.bin",
                        "data_batch_2.bin",
                        "data_batch_3.bin",
                        "data_batch_4.bin",
                        "data_batch_5.bin",
                        "test_batch.bin");
            case CIFAR_100 -> List.of("train.bin", "test.bin");
        };
    }

    /**
     * Which of the sets a folder holds, by the names of its files.
     *
     * @param folder any path
     * @return the first set of which a file is there; empty if there is none
     */
    public static Optional<CifarFiles> in(Path folder) {
        return Arrays.stream(values())
                .filter(set -> set.names().stream().map(folder::resolve).anyMatch(Files::isRegularFile))
                .findFirst();
    }

    /**
     * Reads the files.
     *
     * @param folder that holds them
     * @param most the number of classes that are accepted, at least 1: labels have to be 0 to most &minus; 1, and to {@link #classes()} &minus; 1
     * @return the images, and {@code most} as the number of classes, but 256 where it is more
     * @throws DataException if a file is missing, empty or no whole number of records, or a label is out of range
     * @throws IOException if reading fails
     * @throws IllegalArgumentException if the number of classes is out of range
     */
    public ImageData read(Path folder, int most) throws IOException {
        Arguments.atLeastOne("classes", most);
        List<Path> files = names().stream().map(folder::resolve).toList();
        int last = files.size() - 1;
        LabelledImages train = images(files.subList(0, last), most);
        LabelledImages test = images(files.subList(last, last + 1), most);
        return new ImageData(train, test, Math.min(most, 256));
    }

    private LabelledImages images(List<Path> files, int most) throws IOException {
        List<Integer> counts = new ArrayList<>();
        long total = 0;
        for (Path file : files) {
            int count = records(file);
            counts.add(count);
            total += count;
        }
        if (total * PIXELS > Integer.MAX_VALUE - 64) {
            throw new DataException(
                    files.get(0),
                    0,
                    total + " images in all files of its kind; accepted are up to "
                            + (Integer.MAX_VALUE - 64) / PIXELS);
        }
        byte[] pixels = WholeFile.allocate((int) total * PIXELS, files.get(0));
        byte[] labels = WholeFile.allocate((int) total, files.get(0));
        int first = 0;
        for (int i = 0; i < files.size(); i++) {
            read(files.get(i), counts.get(i), most, first, pixels, labels);
            first += counts.get(i);
        }
        return new LabelledImages(SHAPE, pixels, labels);
    }

    private int labelBytes() {
        return coarseClasses == 0 ? 1 : 2;
    }

    private int recordBytes() {
        return labelBytes() + PIXELS;
    }

    private int records(Path file) throws IOException {
        WholeFile.require(file);
        long bytes = Files.size(file);
        if (bytes == 0 || bytes % recordBytes() != 0 || bytes / recordBytes() > Integer.MAX_VALUE) {
            throw new DataException(
                    file,
                    bytes - bytes % recordBytes(),
                    "the file has " + bytes + " bytes; accepted is a multiple of " + recordBytes()
                            + ", the bytes of a record, 1 and more");
        }
        return (int) (bytes / recordBytes());
    }

    private void read(Path file, int count, int most, int first, byte[] pixels, byte[] labels) throws IOException {
        byte[] bytes = new byte[recordBytes()];
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            for (int i = 0; i < count; i++) {
                long place = (long) i * bytes.length;
                if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                    throw new DataException(
                            file, place, "ends in a record, though it had " + count + " when it was opened");
                }
                if (coarseClasses > 0) {
                    requireLabel(file, place, "coarse label", bytes[0] & 0xFF, coarseClasses);
                }
                int learned = labelBytes() - 1;
                requireLabel(file, place + learned, "label", bytes[learned] & 0xFF, Math.min(most, classes));
                labels[first + i] = bytes[learned];
                interleave(bytes, labelBytes(), pixels, (first + i) * PIXELS);
            }
        }
    }

    private static void requireLabel(Path file, long place, String name, int label, int classes) throws DataException {
        if (label >= classes) {
            throw new DataException(
                    file, place, name + " " + label + " is out of range; accepted are 0 to " + (classes - 1));
        }
    }

    /** Planes of red, green and blue become positions of three channels. */
    private static void interleave(byte[] planes, int from, byte[] positions, int to) {
        for (int channel = 0; channel < 3; channel++) {
            for (int p = 0; p < PLANE; p++) {
                positions[to + 3 * p + channel] = planes[from + channel * PLANE + p];
            }
        }
    }
}
