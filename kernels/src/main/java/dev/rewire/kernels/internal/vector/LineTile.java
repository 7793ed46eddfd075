package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.LineRecord;
import java.lang.classfile.Label;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A generated loop over the lines of four rows after four, for vectors of 16 lanes: what a line holds is loaded from where it begins and brought to its places. Lanes are
 * selected and not expanded, which takes twice as long on a Zen 4.
 */
interface LineTile {
    /**
     * Multiplies rows.
     *
     * @param record address of the first row's first record
     * @param end of the last row's last
     * @param lineBytes of the floats that a row's lines belong to, inputs or sums
     * @param values address of value 0
     * @param input address of the inputs: forward of those of each row, backward of the first row's
     * @param target forward where a vector of partial sums is left for each row, backward the sums of all, which are added to
     */
    void run(long record, long end, long lineBytes, long values, long input, long target);

    /** Forward: lines times their inputs. */
    static WatchedTile<LineTile> forward(ValueType type) {
        return define("forward, " + type, tile -> new Writer(tile, type).forward());
    }

    /**
     * Backward: lines times the input of their row are added to sums.
     *
     * @param inputFloats inputs of a row: one, or one for each place
     */
    static WatchedTile<LineTile> backward(int inputFloats) {
        return define("backward, " + inputFloats, tile -> new Writer(tile, ValueType.F32).backward(inputFloats));
    }

    private static WatchedTile<LineTile> define(String shape, Consumer<TileCode> body) {
        return TileCode.define(LineTile.class, shape, tile -> tile.run(0, 0, 0, 0, 0, 0), body);
    }

    /** Writes both. */
    final class Writer {
        private final TileCode tile;
        private final ValueType type;
        private final int record = 1;
        private final int end = 3;
        private final int lineBytes = 5;
        private final int values = 7;
        private final int input = 9;
        private final int target = 11;
        private final int at;
        private final int endOfRow;
        private final int base;
        private final int recordBase;
        private final int bits;
        private final int value;
        private final int selectors;
        private final int selector;
        private final int line;
        private final int places;
        private final int shared;

        /** Backward, of every other row, lest each multiplication wait for the last. */
        private final int odd;

        private final int[] ofRows;

        private Writer(TileCode tile, ValueType type) {
            this.tile = tile;
            this.type = type;
            at = tile.newLong();
            endOfRow = tile.newLong();
            base = tile.newLong();
            recordBase = tile.newLong();
            bits = tile.newLong();
            value = tile.newLong();
            selectors = tile.newVector();
            selector = tile.newVector();
            line = tile.newVector();
            places = tile.newVector();
            shared = tile.newVector();
            odd = tile.newVector();
            ofRows = tile.newVectors(LineRecord.ROWS);
        }

        private void forward() {
            records(() -> {
                for (int sum : ofRows) {
                    tile.zero(sum);
                }
                lines(input, row -> tile.fmaWhere(ofRows[row], places, shared, bits, row * Short.SIZE), false);
                tile.maskAddress(target, base);
                for (int row = 0; row < LineRecord.ROWS; row++) {
                    tile.store(ofRows[row], base, (long) row * RawMemory.VECTOR_BYTES);
                }
                tile.advance(target, (long) LineRecord.ROWS * RawMemory.VECTOR_BYTES);
            });
        }

        private void backward(int inputFloats) {
            long inputBytes = (long) inputFloats * Float.BYTES;
            records(() -> {
                tile.maskAddress(input, base);
                for (int row = 0; row < LineRecord.ROWS; row++) {
                    if (inputFloats == 1) {
                        tile.broadcast(ofRows[row], base, row * inputBytes);
                    } else {
                        tile.load(ofRows[row], base, row * inputBytes);
                    }
                }
                tile.advance(input, LineRecord.ROWS * inputBytes);
                lines(
                        target,
                        row -> tile.fmaWhere(row % 2 == 0 ? shared : odd, places, ofRows[row], bits, row * Short.SIZE),
                        true);
            });
        }

        private void records(Runnable fourRows) {
            Label done = tile.code.newLabel();
            tile.code.lload(record).lload(end).lcmp().ifeq(done);
            tile.until(record, end, fourRows);
            tile.code.labelBinding(done);
        }

        /** Of four rows, with the floats that a line belongs to in {@code shared}. */
        private void lines(int from, IntConsumer multiply, boolean store) {
            tile.code.lload(from).lstore(at);
            tile.code.lload(from).lload(lineBytes).ladd().lstore(endOfRow);
            tile.until(at, endOfRow, () -> {
                tile.maskAddress(at, base);
                tile.load(shared, base, 0);
                if (store) {
                    tile.zero(odd);
                }
                tile.maskAddress(record, recordBase);
                tile.loadShorts(selectors, recordBase, 0);
                tile.loadLong(bits, recordBase, LineRecord.MASKS);
                for (int row = 0; row < LineRecord.ROWS; row++) {
                    loadPlaces(row);
                    multiply.accept(row);
                }
                if (store) {
                    tile.add(shared, odd);
                    tile.store(shared, base, 0);
                }
                tile.advance(record, LineRecord.BYTES);
                tile.advance(at, RawMemory.VECTOR_BYTES);
            });
        }

        private void loadPlaces(int row) {
            tile.loadInt(value, recordBase, LineRecord.STARTS + (long) row * Integer.BYTES);
            tile.code.lload(value).loadConstant((long) type.bytes()).lmul();
            tile.code.lload(values).ladd().lstore(value);
            tile.maskAddress(value, value);
            if (type == ValueType.F32) {
                tile.loadInts(line, value, 0);
            } else {
                tile.loadValues(line, value, 0, type);
                tile.asInts(line);
            }
            tile.shiftRight(selectors, row * LineRecord.SELECTOR_BITS, selector);
            tile.selectFrom(line, selector, places);
        }
    }
}
