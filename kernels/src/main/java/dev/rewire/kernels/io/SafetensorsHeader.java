package dev.rewire.kernels.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a safetensors file: eight bytes with the length of the JSON text that follows, which names the tensors. It promises that the
 * data fill the rest of the file, each byte belonging to one tensor.
 *
 * @param metadata the texts of {@code __metadata__}
 * @param entries by name, in the order of their data
 * @param dataStart where in the file the data start
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Entry> entries, long dataStart) {
    /** What the reference implementation accepts. */
    static final int MOST_BYTES = 100_000_000;

    /** What PyTorch accepts. */
    static final int MOST_DIMENSIONS = 64;

    static final String METADATA = "__metadata__";

    /**
     * A tensor as the header describes it.
     *
     * @param name its name
     * @param dtype its elements
     * @param shape its dimensions
     * @param begin where its data start, counted from the start of all data
     * @param end where its data end
     * @param at where in the file its description is
     */
    @SuppressWarnings("ArrayRecordComponent") // code of this package only, which does not write to it
    record Entry(String name, DType dtype, long[] shape, long begin, long end, long at) {}

    /**
     * Reads the start of a file.
     *
     * @param channel at the start of the file
     * @param size bytes of the file
     * @param file its name in errors
     */
    static SafetensorsHeader read(ReadableByteChannel channel, long size, String file) throws IOException {
        long length = readFully(channel, Long.BYTES, size, file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(0);
        if (length < 0 || length > MOST_BYTES) {
            throw MatrixFileException.atByte(
                    file, 0, "header of " + Long.toUnsignedString(length) + " bytes; accepted are up to " + MOST_BYTES);
        }
        if (length > size - Long.BYTES) {
            throw MatrixFileException.atByte(
                    file, 0, "header of " + length + " bytes in a file of " + size + "; it ends within its header");
        }
        byte[] json = readFully(channel, (int) length, size, file).array();
        return new Parser(json, file).header(size - Long.BYTES - length);
    }

    private static ByteBuffer readFully(ReadableByteChannel channel, int bytes, long size, String file)
            throws IOException {
        if (size < bytes) {
            throw MatrixFileException.atByte(
                    file, 0, "a file of " + size + " bytes; accepted are at least " + bytes + ", its header's length");
        }
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw MatrixFileException.atByte(file, size, "the file ends while its header is read");
            }
        }
        return buffer;
    }

    private static final class Parser {
        private final JsonScanner json;
        private final int length;
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private final Map<String, Entry> byName = new LinkedHashMap<>();
        private boolean hasMetadata;

        Parser(byte[] text, String file) {
            json = new JsonScanner(text, file, Long.BYTES);
            length = text.length;
        }

        SafetensorsHeader header(long dataBytes) throws MatrixFileException {
            if (!json.accept('{') || json.offset() != Long.BYTES + 1) {
                throw json.errorAt(Long.BYTES, "the header does not start with '{'");
            }
            boolean first = true;
            while (continues(first)) {
                first = false;
                long at = json.offset();
                String name = json.string("name of a tensor");
                json.expect(':');
                if (name.equals(METADATA)) {
                    readMetadata(at);
                } else if (byName.put(name, readEntry(name, at)) != null) {
                    throw json.errorAt(at, "tensor " + JsonScanner.shown(name) + " is described twice");
                }
            }
            if (!json.atEnd()) {
                throw json.error("text after the end of the header's object");
            }
            return new SafetensorsHeader(
                    Collections.unmodifiableMap(metadata), inOrderOfData(dataBytes), Long.BYTES + (long) length);
        }

        /** Takes the end of an object, or the comma before its next member. */
        private boolean continues(boolean first) throws MatrixFileException {
            if (json.accept('}')) {
                return false;
            }
            if (!first) {
                json.expect(',');
            }
            return true;
        }

        private void readMetadata(long at) throws MatrixFileException {
            if (hasMetadata) {
                throw json.errorAt(at, METADATA + " is described twice");
            }
            hasMetadata = true;
            json.expect('{');
            boolean first = true;
            while (continues(first)) {
                first = false;
                long keyAt = json.offset();
                String key = json.string("key of " + METADATA);
                json.expect(':');
                if (metadata.put(key, json.string("value of " + METADATA)) != null) {
                    throw json.errorAt(keyAt, METADATA + ": key " + JsonScanner.shown(key) + " is given twice");
                }
            }
        }

        private Entry readEntry(String name, long at) throws MatrixFileException {
            String tensor = "tensor " + JsonScanner.shown(name) + ", ";
            DType dtype = null;
            long[] shape = null;
            long[] offsets = null;
            json.expect('{');
            boolean first = true;
            while (continues(first)) {
                first = false;
                long keyAt = json.offset();
                String key = json.string(tensor + "a key");
                json.expect(':');
                boolean repeated = switch (key) {
                    case "dtype" -> dtype != null;
                    case "shape" -> shape != null;
                    case "data_offsets" -> offsets != null;
                    default ->
                        throw json.errorAt(
                                keyAt,
                                tensor + "unknown key " + JsonScanner.shown(key)
                                        + "; accepted are dtype, shape, data_offsets");
                };
                if (repeated) {
                    throw json.errorAt(keyAt, tensor + key + " is given twice");
                }
                switch (key) {
                    case "dtype" -> dtype = readType(tensor);
                    case "shape" -> shape = readNumbers(tensor + "shape", MOST_DIMENSIONS);
                    default -> offsets = readNumbers(tensor + "data_offsets", 2);
                }
            }
            return entry(name, tensor, dtype, shape, offsets, at);
        }

        private Entry entry(
                String name,
                String tensor,
                @Nullable DType dtype,
                long @Nullable [] shape,
                long @Nullable [] offsets,
                long at)
                throws MatrixFileException {
            if (dtype == null || shape == null || offsets == null) {
                String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
                throw json.errorAt(at, tensor + missing + " is missing");
            }
            if (offsets.length != 2 || offsets[0] > offsets[1]) {
                throw json.errorAt(
                        at,
                        tensor + "data_offsets: " + Arrays.toString(offsets)
                                + "; accepted are a begin and an end at or after it");
            }
            long bytes;
            try {
                bytes = dtype.bytes(shape);
            } catch (ArithmeticException e) {
                throw json.errorAt(at, tensor + "shape: its size overflows, or is no whole bytes of " + dtype);
            }
            if (bytes != offsets[1] - offsets[0]) {
                throw json.errorAt(
                        at,
                        tensor + "data_offsets: " + (offsets[1] - offsets[0]) + " bytes; shape and dtype need "
                                + bytes);
            }
            return new Entry(name, dtype, shape, offsets[0], offsets[1], at);
        }

        private DType readType(String tensor) throws MatrixFileException {
            long at = json.offset();
            String name = json.string(tensor + "dtype");
            try {
                return DType.valueOf(name);
            } catch (IllegalArgumentException e) {
                throw json.errorAt(
                        at,
                        tensor + "unknown dtype " + JsonScanner.shown(name) + "; accepted are "
                                + Arrays.toString(DType.values()));
            }
        }

        private long[] readNumbers(String what, int most) throws MatrixFileException {
            json.expect('[');
            long[] numbers = new long[2];
            int count = 0;
            while (!json.accept(']')) {
                if (count > 0) {
                    json.expect(',');
                }
                if (count == most) {
                    throw json.error(what + ": more than " + most + " numbers");
                }
                if (count == numbers.length) {
                    numbers = Arrays.copyOf(numbers, most);
                }
                numbers[count++] = json.number(what);
            }
            return Arrays.copyOf(numbers, count);
        }

        private Map<String, Entry> inOrderOfData(long dataBytes) throws MatrixFileException {
            List<Entry> entries = new ArrayList<>(byName.values());
            entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
            Map<String, Entry> inOrder = LinkedHashMap.newLinkedHashMap(entries.size());
            long end = 0;
            for (Entry entry : entries) {
                if (entry.begin() != end) {
                    throw json.errorAt(
                            entry.at(),
                            "tensor " + JsonScanner.shown(entry.name()) + ", data_offsets: begin at " + entry.begin()
                                    + ", but what comes before ends at " + end
                                    + "; accepted are data without holes and overlaps");
                }
                end = entry.end();
                inOrder.put(entry.name(), entry);
            }
            if (end != dataBytes) {
                throw json.errorAt(
                        Long.BYTES, "tensors of " + end + " bytes in all, but " + dataBytes + " follow the header");
            }
            return Collections.unmodifiableMap(inOrder);
        }
    }
}
