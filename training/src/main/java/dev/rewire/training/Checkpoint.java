package dev.rewire.training;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * A run in a file. First lines of text, {@code key value}, with the configuration and the counters; after an empty line, little-endian:
 *
 * <pre>
 * for each layer   int rows, cols, blockRows, blockCols, blocks; int[] rowOffsets; int[] colIndices
 *                  or, where the configuration makes it N:M, int rows, cols, n, m; byte[] packed indices
 * for each layer   float[] weights, bias; for each slot float[] of the weights, float[] of the bias; int words; long[] explored
 *                  places
 * SHA-256 of all that comes before
 * </pre>
 *
 * Random numbers are a function of seed and step, so no generator's state is kept. What each epoch came to is among the text, so that a table of epochs
 * can be made of the checkpoint whenever the process ended.
 */
final class Checkpoint implements AutoCloseable {
    private static final String MAGIC = "rewire checkpoint 3\n";

    private final Path file;
    private final CheckpointReader reader;
    private final Map<String, String> text;
    private final TrainingConfig config;

    private Checkpoint(Path file, CheckpointReader reader, Map<String, String> text, TrainingConfig config) {
        this.file = file;
        this.reader = reader;
        this.text = text;
        this.config = config;
    }

    static void save(Path file, TrainingConfig config, String engine, String dataHash, Trainer trainer, Tally tally)
            throws IOException {
        Map<String, String> text = new LinkedHashMap<>(ConfigText.format(config));
        Trainer.Progress progress = trainer.progress();
        text.put("engine", engine);
        text.put("data", dataHash);
        text.put("steps", Long.toString(progress.steps));
        text.put("updates", Long.toString(progress.updates));
        text.put("rewirings", Long.toString(progress.rewirings));
        tally.write(text);
        StringBuilder lines = new StringBuilder(MAGIC);
        text.forEach((key, value) -> lines.append(key).append(' ').append(value).append('\n'));
        try (CheckpointWriter writer = new CheckpointWriter(file)) {
            writer.text(lines.append('\n').toString());
            for (Linear layer : trainer.network().layers()) {
                writePattern(writer, layer.pattern());
            }
            for (LayerRewiring rewiring : trainer.layerRewirings()) {
                for (MemorySegment floats : rewiring.layer().state()) {
                    writer.floats(floats);
                }
                long[] explored = rewiring.explored().toLongArray();
                writer.integer(explored.length);
                for (long word : explored) {
                    writer.longInteger(word);
                }
            }
            writer.commit();
        }
    }

    private static void writePattern(CheckpointWriter writer, LayerPattern pattern) throws IOException {
        switch (pattern) {
            case LayerPattern.Blocks blocks -> writePattern(writer, blocks.pattern());
            case LayerPattern.Nm nm -> writePattern(writer, nm.pattern());
        }
    }

    private static void writePattern(CheckpointWriter writer, NmPattern p) throws IOException {
        int[] sizes = {p.rows(), p.cols(), p.n(), p.m()};
        for (int size : sizes) {
            writer.integer(size);
        }
        writer.bytes(p.packed());
    }

    private static void writePattern(CheckpointWriter writer, BlockPattern p) throws IOException {
        int[] sizes = {p.rows(), p.cols(), p.blockRows(), p.blockCols(), p.blocks()};
        for (int size : sizes) {
            writer.integer(size);
        }
        for (int gridRow = 0; gridRow <= p.gridRows(); gridRow++) {
            writer.integer(p.rowOffset(gridRow));
        }
        for (int block = 0; block < p.blocks(); block++) {
            writer.integer(p.gridCol(block));
        }
    }

    /**
     * Opens a checkpoint; patterns and state are to be read next, in this order.
     *
     * @throws CheckpointException if it cannot be used
     */
    static Checkpoint open(Path file) throws IOException {
        CheckpointReader reader = new CheckpointReader(file, MAGIC);
        boolean opened = false;
        try {
            Map<String, String> text = new LinkedHashMap<>();
            for (String line = reader.line(); !line.isEmpty(); line = reader.line()) {
                int blank = line.indexOf(' ');
                text.put(line.substring(0, Math.max(0, blank)), line.substring(blank + 1));
            }
            Checkpoint checkpoint = new Checkpoint(file, reader, text, ConfigText.parse(text));
            opened = true;
            return checkpoint;
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new CheckpointException(file, "its header is not understood: " + e.getMessage(), e);
        } finally {
            if (!opened) {
                reader.close();
            }
        }
    }

    TrainingConfig config() {
        return config;
    }

    /** Who computed the products. */
    String engine() throws CheckpointException {
        try {
            return ConfigText.value(text, "engine");
        } catch (NoSuchElementException e) {
            throw new CheckpointException(file, "its header is not understood: " + e.getMessage(), e);
        }
    }

    /** Refuses to go on with another engine or other images than before. */
    void requireSame(String engine, String dataHash) throws CheckpointException {
        requireEqual("engine", engine);
        requireEqual("data", dataHash);
    }

    private void requireEqual(String key, String value) throws CheckpointException {
        String saved = text.get(key);
        if (!value.equals(saved)) {
            throw new CheckpointException(
                    file, "its run had " + key + " " + saved + ", not " + value + "; accepted is the same as before");
        }
    }

    /** The patterns of the layers. */
    List<LayerPattern> patterns() throws IOException {
        List<LayerPattern> patterns = new ArrayList<>();
        try {
            for (int l = 0; l < config.layers().size(); l++) {
                LayerShape shape = config.layers().get(l);
                patterns.add(config.isNm(l) ? nmPattern(shape) : blockPattern(shape));
            }
            long floats = 0;
            for (LayerPattern pattern : patterns) {
                floats += (pattern.trainedWeights() + pattern.shape().out())
                        * (1L + config.optimizer().slots());
            }
            reader.requireRoom(floats * Float.BYTES, "the weights of its patterns");
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file, "a pattern is malformed: " + e.getMessage(), e);
        }
        return patterns;
    }

    // Before anything is made of them, sizes are compared with the model, and counts with what is left of the file.

    private LayerPattern blockPattern(LayerShape shape) throws IOException {
        int[] sizes = reader.integers(5);
        requireShape(sizes, shape);
        int[] rowOffsets = reader.integers(Math.ceilDiv(sizes[0], Math.max(1, sizes[2])) + 1);
        int[] colIndices = reader.integers(sizes[4]);
        return new LayerPattern.Blocks(BlockPattern.of(sizes[0], sizes[1], sizes[2], sizes[3], rowOffsets, colIndices));
    }

    private void requireShape(int[] sizes, LayerShape shape) throws CheckpointException {
        if (sizes[0] != shape.out() || sizes[1] != shape.in()) {
            throw new CheckpointException(file, "its layers do not fit its model " + config.modelText());
        }
    }

    private LayerPattern nmPattern(LayerShape shape) throws IOException {
        int[] sizes = reader.integers(4);
        requireShape(sizes, shape);
        NmPattern empty = NmPattern.of(0, sizes[1], sizes[2], sizes[3], new int[0]);
        byte[] packed = reader.bytes((long) sizes[0] * empty.rowBytes());
        NmPattern pattern = NmPattern.ofPacked(sizes[0], sizes[1], sizes[2], sizes[3], packed);
        return new LayerPattern.Nm(pattern, config.method() == Method.SR_STE ? config.srSte() : null);
    }

    /** What the epochs of the run came to. */
    List<EpochResult> results() throws CheckpointException {
        Tally tally = new Tally();
        restore(tally);
        return tally.results();
    }

    private void restore(Tally tally) throws CheckpointException {
        try {
            tally.read(text);
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new CheckpointException(file, "its header is not understood: " + e.getMessage(), e);
        }
    }

    /** Sets a trainer, made with the patterns, and a tally to what was saved. */
    void restore(Trainer trainer, Tally tally) throws IOException {
        Trainer.Progress progress = trainer.progress();
        try {
            progress.steps = Long.parseLong(ConfigText.value(text, "steps"));
            progress.updates = Long.parseLong(ConfigText.value(text, "updates"));
            progress.rewirings = Long.parseLong(ConfigText.value(text, "rewirings"));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new CheckpointException(file, "its header is not understood: " + e.getMessage(), e);
        }
        restore(tally);
        for (LayerRewiring rewiring : trainer.layerRewirings()) {
            for (MemorySegment floats : rewiring.layer().state()) {
                reader.floats(floats);
            }
            long[] words = new long[Math.max(0, Math.min(reader.integer(), (rewiring.cells() + 63) / 64))];
            for (int i = 0; i < words.length; i++) {
                words[i] = reader.longInteger();
            }
            rewiring.explored().or(BitSet.valueOf(words));
        }
        if (!reader.atEnd()) {
            throw new CheckpointException(file, "it holds more than its header says");
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
