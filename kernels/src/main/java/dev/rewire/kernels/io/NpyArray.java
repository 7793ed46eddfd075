package dev.rewire.kernels.io;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's format (NEP 1): a magic number, a header that is a literal of Python, then the elements. The header is read and held
 * against the size of what holds it before anything is allocated for the elements.
 */
final class NpyArray {
    /** What NumPy accepts. */
    private static final int MOST_HEADER_BYTES = 10_000;

    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    private static final Pattern ENTRY =
            Pattern.compile("\\s*+'(\\w++)'\\s*+:\\s*+('[^']*+'|True|False|\\([0-9L, ]*+\\))\\s*+(,|(?=\\}))");
    private static final Pattern TYPE = Pattern.compile("([<>|=]?)([a-zA-Z])([0-9]{1,6})");

    private final InputStream in;
    private final String member;
    private final Refusal refusal;
    private final byte[] buffer = new byte[1 << 13];
    private final long elements;
    private char kind;
    private int bytes;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;
    private boolean columnMajor;
    private long[] shape = {};
    private String type = "";

    /** How an error names the file. */
    interface Refusal {
        MatrixFileException of(String reason);
    }

    /**
     * Reads the header.
     *
     * @param in at the start
     * @param size bytes of the whole array
     * @param member its name in errors
     */
    NpyArray(InputStream in, long size, String member, Refusal refusal) throws IOException {
        this.in = in;
        this.member = member;
        this.refusal = refusal;
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw error("no NumPy array; expected the bytes \\x93NUMPY and a version");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw error("version " + (version & 0xff) + " of NumPy's format; accepted are 1 to 3");
        }
        byte[] lengthBytes = in.readNBytes(version == 1 ? Short.BYTES : Integer.BYTES);
        if (lengthBytes.length < (version == 1 ? Short.BYTES : Integer.BYTES)) {
            throw error("it ends within its header");
        }
        ByteBuffer lengths = ByteBuffer.wrap(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        long length = version == 1 ? lengths.getShort() & 0xffff : lengths.getInt() & 0xffffffffL;
        if (length > MOST_HEADER_BYTES) {
            throw error("a header of " + length + " bytes; accepted are up to " + MOST_HEADER_BYTES);
        }
        byte[] header = in.readNBytes((int) length);
        if (header.length < length) {
            throw error("it ends within its header");
        }
        parse(new String(header, StandardCharsets.ISO_8859_1));
        elements = checkSize(size - start.length - lengthBytes.length - length);
    }

    private void parse(String header) throws MatrixFileException {
        Matcher entry = ENTRY.matcher(header);
        int at = header.indexOf('{') + 1;
        if (at == 0 || !header.substring(0, at - 1).isBlank()) {
            throw error("the header does not start with '{'");
        }
        int seen = 0;
        while (entry.region(at, header.length()).lookingAt()) {
            String value = entry.group(2);
            switch (entry.group(1)) {
                case "descr" -> {
                    type = value.replace("'", "");
                    seen |= 1;
                }
                case "fortran_order" -> {
                    columnMajor = value.equals("True");
                    seen |= 2;
                }
                case "shape" -> {
                    shape = dimensions(value);
                    seen |= 4;
                }
                default -> throw error("unknown key in the header; accepted are descr, fortran_order, shape");
            }
            at = entry.end();
        }
        if (seen != 7 || !header.substring(at).strip().equals("}")) {
            throw error("the header is no {'descr': …, 'fortran_order': …, 'shape': …} of plain numbers");
        }
        Matcher parts = TYPE.matcher(type);
        if (!parts.matches()) {
            throw error("descr: " + shownType() + " is no plain type");
        }
        order = parts.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        kind = parts.group(2).charAt(0);
        bytes = Integer.parseInt(parts.group(3)) * (kind == 'U' ? Integer.BYTES : 1);
    }

    private long[] dimensions(String tuple) throws MatrixFileException {
        String inner = tuple.substring(1, tuple.length() - 1).replace("L", "").strip();
        if (inner.isEmpty()) {
            return new long[0];
        }
        String[] parts = inner.split(",", -1);
        int count = parts[parts.length - 1].isBlank() ? parts.length - 1 : parts.length;
        long[] dimensions = new long[count];
        for (int i = 0; i < count; i++) {
            try {
                dimensions[i] = Long.parseLong(parts[i].strip());
            } catch (NumberFormatException e) {
                throw error("shape: dimension " + i + " is no number of elements");
            }
        }
        return dimensions;
    }

    private long checkSize(long dataBytes) throws MatrixFileException {
        long count = 1;
        try {
            for (long dimension : shape) {
                count = Math.multiplyExact(count, dimension);
            }
            if (Math.multiplyExact(count, (long) bytes) == dataBytes) {
                return count;
            }
        } catch (ArithmeticException e) {
            throw error("shape: the size of " + shownShape() + " overflows");
        }
        throw error("shape: " + shownShape() + " of " + shownType() + " are " + count * bytes + " bytes, but "
                + dataBytes + " follow the header");
    }

    /** Its dimensions, empty for a scalar. */
    long[] shape() {
        return shape;
    }

    String shownShape() {
        return shape.length > 4 ? shape.length + " dimensions" : Arrays.toString(shape);
    }

    /** Characters of a scalar. */
    String text() throws IOException {
        if ((kind != 'S' && kind != 'U') || elements != 1 || bytes > buffer.length) {
            throw error(shownType() + " " + shownShape() + "; expected a text");
        }
        byte[] read = new byte[bytes];
        readFully(read, bytes);
        int width = kind == 'U' ? Integer.BYTES : 1;
        StringBuilder text = new StringBuilder();
        for (int i = order == ByteOrder.BIG_ENDIAN ? width - 1 : 0; i < bytes; i += width) {
            if (read[i] != 0) {
                text.append((char) (read[i] & 0xff));
            }
        }
        return text.toString();
    }

    /** All elements as whole numbers from 0 to the most that is accepted. */
    int[] ints(long most) throws IOException {
        if (!isWhole() || !isSize(1, 2, 4, 8)) {
            throw error("elements of " + shownType() + "; expected whole numbers");
        }
        int[] ints = new int[count()];
        forEach((place, data) -> {
            long value = whole(data);
            if (value < 0 || value > most) {
                throw error("element " + place + ": " + (kind == 'u' ? Long.toUnsignedString(value) : value)
                        + " is out of range; accepted are 0 to " + most);
            }
            ints[place] = (int) value;
        });
        return ints;
    }

    /** All elements as floats, rounded to the nearest. */
    float[] floats() throws IOException {
        boolean real = kind == 'f' && isSize(2, 4, 8);
        boolean whole = (isWhole() && isSize(1, 2, 4, 8)) || (kind == 'b' && bytes == 1);
        if (!real && !whole) {
            throw error(
                    "elements of " + shownType() + "; accepted are floats of 2, 4 or 8 bytes, whole numbers, booleans");
        }
        float[] floats = new float[count()];
        forEach((place, data) -> floats[place] = real ? real(place, data) : wholeFloat(data));
        return floats;
    }

    private float real(int place, ByteBuffer data) throws MatrixFileException {
        if (bytes == Float.BYTES) {
            return data.getFloat();
        }
        if (bytes == Short.BYTES) {
            return Float.float16ToFloat(data.getShort());
        }
        double value = data.getDouble();
        float rounded = (float) value;
        if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
            throw error(
                    "element " + place + ": " + value + " overflows; accepted are magnitudes up to " + Float.MAX_VALUE);
        }
        return rounded;
    }

    private float wholeFloat(ByteBuffer data) {
        long value = whole(data);
        return kind == 'u' && value < 0 ? new BigInteger(Long.toUnsignedString(value)).floatValue() : (float) value;
    }

    private long whole(ByteBuffer data) {
        boolean signed = kind == 'i';
        return switch (bytes) {
            case 1 -> signed ? data.get() : data.get() & 0xffL;
            case 2 -> signed ? data.getShort() : data.getShort() & 0xffffL;
            case 4 -> signed ? data.getInt() : data.getInt() & 0xffffffffL;
            default -> data.getLong();
        };
    }

    private boolean isWhole() {
        return kind == 'i' || kind == 'u';
    }

    private boolean isSize(int... accepted) {
        return Arrays.stream(accepted).anyMatch(size -> size == bytes);
    }

    private int count() throws MatrixFileException {
        if (elements > MOST_ELEMENTS) {
            throw error(elements + " elements are out of range; accepted are up to " + MOST_ELEMENTS);
        }
        return (int) elements;
    }

    private interface Taker {
        void take(int place, ByteBuffer data) throws IOException;
    }

    /** Reads all elements, and says where in row-major order each belongs. */
    private void forEach(Taker taker) throws IOException {
        int atOnce = buffer.length / bytes;
        for (int first = 0, total = count(); first < total; first += atOnce) {
            int read = Math.min(atOnce, total - first);
            readFully(buffer, read * bytes);
            ByteBuffer data = ByteBuffer.wrap(buffer, 0, read * bytes).order(order);
            for (int i = first; i < first + read; i++) {
                taker.take(columnMajor ? rowMajor(i) : i, data);
            }
        }
    }

    private int rowMajor(int place) {
        long rest = place;
        long stride = elements;
        long at = 0;
        // In column-major order the first dimension runs fastest, in row-major order the last.
        for (long dimension : shape) {
            stride /= dimension;
            at += rest % dimension * stride;
            rest /= dimension;
        }
        return (int) at;
    }

    private void readFully(byte[] to, int count) throws IOException {
        if (in.readNBytes(to, 0, count) < count) {
            throw error("it ends before its last element");
        }
    }

    private String shownType() {
        return JsonScanner.shown(type);
    }

    MatrixFileException error(String reason) {
        return refusal.of(member + ": " + reason);
    }
}
