package dev.rewire.training.checkpoint;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.NmPattern;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.ParameterPattern;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run in a file. First lines of text, {@code key value}, with whatever describes the run; after an empty line, little-endian:
 *
 * <pre>
 * for each weights    int rows, cols, blockRows, blockCols, blocks; int[] rowOffsets; int[] colIndices
 *                     or, where the configuration makes it N:M, int rows, cols, n, m; byte[] packed indices
 * for each parameter  float[] values, then for each slot float[]; of weights int words, long[] explored places, too
 * what layers keep    float[], as running means
 * SHA-256 of all that comes before
 * </pre>
 *
 * Random numbers are a function of seed and step, so no generator's state is kept.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String MAGIC = "rewire checkpoint 4\n";

    private final Path file;
    private final CheckpointReader reader;
    private final Map<String, String> text;

    private Checkpoint(Path file, CheckpointReader reader, Map<String, String> text) {
        this.file = file;
        this.reader = reader;
        this.text = Collections.unmodifiableMap(text);
    }

    /**
     * Writes a checkpoint; a file of this name is replaced at once, when the new one is whole.
     *
     * @param file where to
     * @param text what describes the run: keys without blanks, neither with line feeds
     * @param patterns of the weights, from the first to the last
     * @param states of the parameters and layers
     * @throws IOException if writing fails; what the file held before is kept
     */
    public static void save(
            Path file, Map<String, String> text, List<ParameterPattern> patterns, List<SavedState> states)
            throws IOException {
        StringBuilder lines = new StringBuilder(MAGIC);
        text.forEach((key, value) -> lines.append(key).append(' ').append(value).append('\n'));
        try (CheckpointWriter writer = new CheckpointWriter(file)) {
            writer.text(lines.append('\n').toString());
            for (ParameterPattern pattern : patterns) {
                writePattern(writer, pattern);
            }
            for (SavedState state : states) {
                writeState(writer, state);
            }
            writer.commit();
        }
    }

    private static void writeState(CheckpointWriter writer, SavedState state) throws IOException {
        switch (state) {
            case SavedState.Floats floats -> {
                for (MemorySegment segment : floats.segments()) {
                    writer.floats(segment);
                }
            }
            case SavedState.Places places -> {
                long[] words = places.places().toLongArray();
                writer.integer(words.length);
                for (long word : words) {
                    writer.longInteger(word);
                }
            }
        }
    }

    private static void writePattern(CheckpointWriter writer, ParameterPattern pattern) throws IOException {
        switch (pattern) {
            case ParameterPattern.Blocks blocks -> writePattern(writer, blocks.pattern());
            case ParameterPattern.Nm nm -> writePattern(writer, nm.pattern());
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
     * @param file a checkpoint
     * @return its text, with the rest to come
     * @throws CheckpointException if it is none, or damaged
     * @throws IOException if reading fails
     */
    public static Checkpoint open(Path file) throws IOException {
        CheckpointReader reader = new CheckpointReader(file, MAGIC);
        boolean opened = false;
        try {
            Map<String, String> text = new LinkedHashMap<>();
            for (String line = reader.line(); !line.isEmpty(); line = reader.line()) {
                int blank = line.indexOf(' ');
                text.put(line.substring(0, Math.max(0, blank)), line.substring(blank + 1));
            }
            opened = true;
            return new Checkpoint(file, reader, text);
        } finally {
            if (!opened) {
                reader.close();
            }
        }
    }

    /** {@return what describes the run} */
    public Map<String, String> text() {
        return text;
    }

    /**
     * Reads the patterns.
     *
     * @param forms what they have to be
     * @param slots of the optimiser
     * @return the patterns of the layers
     * @throws CheckpointException if one is malformed or of another form, or the file has no room for the weights
     * @throws IOException if reading fails
     */
    public List<ParameterPattern> patterns(List<LayerForm> forms, int slots) throws IOException {
        List<ParameterPattern> patterns = new ArrayList<>();
        try {
            for (LayerForm form : forms) {
                patterns.add(form.isNm() ? nmPattern(form) : blockPattern(form.shape()));
            }
            long floats = 0;
            for (ParameterPattern pattern : patterns) {
                floats += pattern.trainedWeights() * (1L + slots);
            }
            reader.requireRoom(floats * Float.BYTES, "the weights of its patterns");
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file, "a pattern is malformed: " + e.getMessage(), e);
        }
        return patterns;
    }

    // Before anything is made of them, sizes are compared with the model, and counts with what is left of the file.

    private ParameterPattern blockPattern(LayerShape shape) throws IOException {
        int[] sizes = reader.integers(5);
        requireShape(sizes, shape);
        int[] rowOffsets = reader.integers(Math.ceilDiv(sizes[0], Math.max(1, sizes[2])) + 1);
        int[] colIndices = reader.integers(sizes[4]);
        return new ParameterPattern.Blocks(
                BlockPattern.of(sizes[0], sizes[1], sizes[2], sizes[3], rowOffsets, colIndices));
    }

    private void requireShape(int[] sizes, LayerShape shape) throws CheckpointException {
        if (sizes[0] != shape.out() || sizes[1] != shape.columns()) {
            throw new CheckpointException(file, "its layers do not fit its model " + text.get("model"));
        }
    }

    private ParameterPattern nmPattern(LayerForm form) throws IOException {
        int[] sizes = reader.integers(4);
        requireShape(sizes, form.shape());
        NmPattern empty = NmPattern.of(0, sizes[1], sizes[2], sizes[3], new int[0]);
        byte[] packed = reader.bytes((long) sizes[0] * empty.rowBytes());
        NmPattern pattern = NmPattern.ofPacked(sizes[0], sizes[1], sizes[2], sizes[3], packed);
        return new ParameterPattern.Nm(pattern, form.rule());
    }

    /**
     * Reads the state of a network that was made with the patterns.
     *
     * @param states what is overwritten
     * @throws CheckpointException if the file holds more
     * @throws IOException if reading fails
     */
    public void restore(List<SavedState> states) throws IOException {
        for (SavedState state : states) {
            switch (state) {
                case SavedState.Floats floats -> {
                    for (MemorySegment segment : floats.segments()) {
                        reader.floats(segment);
                    }
                }
                case SavedState.Places places -> readPlaces(places);
            }
        }
        if (!reader.atEnd()) {
            throw new CheckpointException(file, "it holds more than its header says");
        }
    }

    private void readPlaces(SavedState.Places places) throws IOException {
        long[] words = new long[Math.max(0, Math.min(reader.integer(), (places.cells() + 63) / 64))];
        for (int i = 0; i < words.length; i++) {
            words[i] = reader.longInteger();
        }
        places.places().or(BitSet.valueOf(words));
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
