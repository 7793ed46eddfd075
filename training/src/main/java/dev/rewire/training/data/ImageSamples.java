package dev.rewire.training.data;

import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.TargetShape.Classes;
import dev.rewire.training.internal.Arguments;
import dev.rewire.training.random.CounterRandom;
import dev.rewire.training.random.CounterRandom.Purpose;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Images as samples, which a scale turns into floats, as they look in one epoch. */
final class ImageSamples implements Samples {
    private final LabelledImages images;
    private final Classes target;
    private final PixelScale scale;
    private final Augmentation augmentation;
    private final long seed;

    /** How each image is moved and whether it is mirrored, see {@link #draw}; empty if images stay as they are. */
    private final int[] draws;

    private final FeatureRows rows;

    private ImageSamples(
            LabelledImages images,
            Classes target,
            PixelScale scale,
            Augmentation augmentation,
            long seed,
            int[] draws) {
        this.images = images;
        this.target = target;
        this.scale = scale;
        this.augmentation = augmentation;
        this.seed = seed;
        this.draws = draws;
        rows = draws.length == 0 ? this::writePlainRow : this::writeAugmentedRow;
    }

    static ImageSamples of(LabelledImages images, int classes, PixelScale scale, Augmentation augmentation, long seed) {
        ImageSamples plain = new ImageSamples(images, new Classes(classes), scale, augmentation, seed, new int[0]);
        return plain.inEpoch(0);
    }

    @Override
    public Samples augmented(Augmentation how, long seedOfDraws) {
        return how.equals(Augmentation.NONE) ? this : of(images, target.count(), scale, how, seedOfDraws);
    }

    /** All images are drawn for at once, in their order: so what becomes of one depends on seed, epoch and its number alone. */
    @Override
    public ImageSamples inEpoch(long epoch) {
        if (augmentation.equals(Augmentation.NONE)) {
            return this;
        }
        CounterRandom random = new CounterRandom(seed, 0, epoch, Purpose.AUGMENT);
        int[] drawn = new int[images.size()];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = draw(random);
        }
        return new ImageSamples(images, target, scale, augmentation, seed, drawn);
    }

    /** Rows and columns that the crop begins behind the padded image's first, 9 bits each, and whether it is mirrored. */
    private int draw(CounterRandom random) {
        int moves = 2 * augmentation.padding() + 1;
        int down = random.nextInt(moves);
        int right = random.nextInt(moves);
        int mirrored = augmentation.flip() && random.nextBoolean() ? 1 : 0;
        return down << 10 | right << 1 | mirrored;
    }

    @Override
    public int size() {
        return images.size();
    }

    @Override
    public SampleShape shape() {
        return images.shape();
    }

    @Override
    public TargetShape target() {
        return target;
    }

    @Override
    public void writeFeatures(int[] numbers, int from, int count, FeatureMap map, PanelMatrix input) {
        FeatureRows.write(rows, images.shape(), images.size(), numbers, from, count, map, input);
    }

    private void writePlainRow(
            int row, int[] numbers, int from, int count, MemorySegment panels, long place, int lanes) {
        byte[] pixels = images.pixels();
        float[] levels = scale.levels();
        int features = images.features();
        int channels = images.shape().channels();
        int width = images.width() * channels;
        int start = images.start(0) + row * width;
        for (int f = 0; f < width; f++) {
            long feature = place + (long) f * lanes;
            int level = scale.start(f % channels);
            for (int b = 0; b < count; b++) {
                int pixel = pixels[start + numbers[from + b] * features + f] & 0xFF;
                panels.setAtIndex(ValueLayout.JAVA_FLOAT, feature + b, levels[level + pixel]);
            }
        }
    }

    private void writeAugmentedRow(
            int row, int[] numbers, int from, int count, MemorySegment panels, long place, int lanes) {
        for (int b = 0; b < count; b++) {
            writeAugmentedRow(numbers[from + b], row, panels, place + b, lanes);
        }
    }

    private void writeAugmentedRow(int image, int row, MemorySegment panels, long place, int lanes) {
        byte[] pixels = images.pixels();
        float[] levels = scale.levels();
        int channels = images.shape().channels();
        int width = images.width();
        int draw = draws[image];
        int sourceRow = row + (draw >>> 10) - augmentation.padding();
        int firstCol = (draw >>> 1 & 0x1FF) - augmentation.padding();
        boolean mirrored = (draw & 1) == 1;
        boolean black = sourceRow < 0 || sourceRow >= images.height();
        int first = black ? 0 : images.start(image) + sourceRow * width * channels;
        for (int col = 0; col < width; col++) {
            int sourceCol = firstCol + (mirrored ? width - 1 - col : col);
            boolean inside = !black && sourceCol >= 0 && sourceCol < width;
            for (int channel = 0; channel < channels; channel++) {
                int pixel = inside ? pixels[first + sourceCol * channels + channel] & 0xFF : 0;
                long f = (long) col * channels + channel;
                panels.setAtIndex(ValueLayout.JAVA_FLOAT, place + f * lanes, levels[scale.start(channel) + pixel]);
            }
        }
    }

    @Override
    public void writeClasses(int[] numbers, int from, int count, int stride, int[] classes) {
        Arguments.batch(numbers, from, count, size());
        Arguments.places(count, stride, 1, classes);
        for (int b = 0; b < count; b++) {
            classes[b * stride] = images.label(numbers[from + b]);
        }
    }

    /** That of the images: scale and augmentation are settings of a run. */
    @Override
    public String sha256() {
        return images.sha256();
    }
}
