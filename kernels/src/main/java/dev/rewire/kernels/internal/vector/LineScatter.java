package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.LineRecord;
import dev.rewire.kernels.internal.VectorScatter;
import java.lang.foreign.MemorySegment;

/** Lines of blocks of up to 16 values, scattered by generated tiles: those of four rows share their sums. */
final class LineScatter implements VectorScatter {
    private static final TileCache<Integer, WatchedTile<LineTile>> GENERATED = new TileCache<>(LineTile::backward);

    private final WatchedTile<LineTile> tile;
    private final int rows;
    private final int cols;
    private final int inputFloats;

    LineScatter(int rows, int cols) {
        this.rows = rows;
        this.cols = cols;
        inputFloats = rows == 1 ? 1 : LineRecord.PLACES;
        tile = GENERATED.of(inputFloats);
    }

    @Override
    public boolean takesLines() {
        return true;
    }

    @Override
    public int sumsOfColumn() {
        return rows * cols;
    }

    @Override
    public long inputFloats(int inputs) {
        long gridRows = ((long) inputs + rows - 1) / rows;
        return (gridRows + LineRecord.ROWS) * inputFloats;
    }

    @Override
    public void run(
            int[] offsets,
            int[] columns,
            MemorySegment records,
            int linesOfRow,
            int firstRow,
            int endRow,
            MemorySegment values,
            float[] sample,
            MemorySegment inputs,
            MemorySegment sums) {
        if (rows > 1) {
            copyInputs(sample, firstRow, endRow, inputs);
        }
        long bytes = (long) linesOfRow * LineRecord.BYTES;
        int firstRecord = firstRow / LineRecord.ROWS;
        int endRecord = linesOfRow == 0 ? firstRecord : (endRow + LineRecord.ROWS - 1) / LineRecord.ROWS;
        long start = tile.start();
        tile.tile()
                .run(
                        records.address() + firstRecord * bytes,
                        records.address() + endRecord * bytes,
                        (long) linesOfRow * RawMemory.VECTOR_BYTES,
                        values.address(),
                        inputs.address() + (long) firstRow * inputFloats * Float.BYTES,
                        sums.address());
        if (start != WatchedTile.UNTIMED) {
            long lines = (long) (endRecord - firstRecord) * LineRecord.ROWS * linesOfRow;
            tile.end(start, lines * (2 + VectorSpmv.FROM_MEMORY));
        }
    }

    /** For each place of a line the input of its row of a block. */
    private void copyInputs(float[] sample, int firstRow, int endRow, MemorySegment inputs) {
        long at = inputs.address() + (long) firstRow * LineRecord.PLACES * Float.BYTES;
        for (int row = firstRow; row < endRow; row++) {
            for (int block = 0; block < LineRecord.PLACES; block += rows * cols) {
                for (int i = 0; i < rows; i++) {
                    float input = sample[row * rows + i];
                    for (int j = 0; j < cols; j++, at += Float.BYTES) {
                        RawMemory.ALL.set(RawMemory.FLOAT, at & RawMemory.ADDRESS_MASK, input);
                    }
                }
            }
        }
    }

    @Override
    public void add(MemorySegment to, MemorySegment from, int first, int end) {
        WholeBlockScatter.addVectors(to, from, first, end);
    }

    @Override
    public void finish(MemorySegment sums, int firstColumn, int endColumn, MemorySegment outputs) {
        int elements = rows * cols;
        if (rows == 1) {
            long bytes = (long) (endColumn - firstColumn) * elements * Float.BYTES;
            MemorySegment.copy(sums, (long) firstColumn * elements * Float.BYTES, outputs, 0, bytes);
            return;
        }
        long output = outputs.address();
        for (int column = firstColumn; column < endColumn; column++) {
            for (int j = 0; j < cols; j++, output += Float.BYTES) {
                long at = sums.address() + ((long) column * elements + j) * Float.BYTES & RawMemory.ADDRESS_MASK;
                float sum = 0;
                for (int i = 0; i < elements; i += cols) {
                    sum += RawMemory.ALL.get(RawMemory.FLOAT, at + (long) i * Float.BYTES);
                }
                RawMemory.ALL.set(RawMemory.FLOAT, output & RawMemory.ADDRESS_MASK, sum);
            }
        }
    }
}
