package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.internal.LineKernel;
import dev.rewire.kernels.internal.LineRecord;
import java.lang.foreign.MemorySegment;

/** Lines of blocks of up to 16 values by generated tiles. */
final class VectorLines implements LineKernel {
    private static final TileCache<ValueType, WatchedTile<LineTile>> GENERATED = new TileCache<>(LineTile::forward);
    private static final WatchedTile<PartialSums> ADD_UP = PartialSums.generate(false);

    private final WatchedTile<LineTile> tile;
    private final int rows;
    private final int cols;
    private final CopiedInputs copied;

    VectorLines(int rows, int cols, ValueType type) {
        tile = GENERATED.of(type);
        this.rows = rows;
        this.cols = cols;
        copied = new CopiedInputs(rows, cols);
    }

    static boolean fit(int rows, int cols) {
        return RawMemory.LANES == LineRecord.PLACES && RawMemory.LANES % (rows * cols) == 0;
    }

    @Override
    public long inputFloats(int linesOfRow) {
        return (long) linesOfRow * RawMemory.LANES;
    }

    @Override
    public void copyInputs(float[] sample, MemorySegment inputs) {
        copied.copy(sample, inputs);
    }

    @Override
    public long scratchBytes(int gridRows) {
        long vectors = VectorSpmv.roundUp(gridRows) + LineRecord.ROWS;
        return (vectors * rows + vectors * RawMemory.LANES) * Float.BYTES;
    }

    @Override
    public void run(
            MemorySegment records,
            int linesOfRow,
            int firstRow,
            int endRow,
            MemorySegment values,
            MemorySegment inputs,
            MemorySegment scratch) {
        // Rows of a record that others compute, too, are left out.
        int firstRecord = firstRow / LineRecord.ROWS;
        int endRecord = (endRow + LineRecord.ROWS - 1) / LineRecord.ROWS;
        long count = VectorSpmv.roundUp(endRow - firstRow);
        long target = scratch.address() + count * rows * Float.BYTES;
        long bytes = (long) linesOfRow * LineRecord.BYTES;
        long start = tile.start();
        tile.tile()
                .run(
                        records.address() + firstRecord * bytes,
                        records.address() + (linesOfRow == 0 ? firstRecord : endRecord) * bytes,
                        (long) linesOfRow * RawMemory.VECTOR_BYTES,
                        values.address(),
                        inputs.address(),
                        target);
        if (start != WatchedTile.UNTIMED) {
            long lines = (long) (endRecord - firstRecord) * LineRecord.ROWS * linesOfRow;
            tile.end(start, lines * (2 + VectorSpmv.FROM_MEMORY));
        }
        target += (long) firstRow % LineRecord.ROWS * RawMemory.VECTOR_BYTES;
        if (rows == 1) {
            PartialSums.run(ADD_UP, target, (int) (count / RawMemory.LANES), scratch.address());
        } else {
            addUp(endRow - firstRow, target, scratch.address());
        }
    }

    private void addUp(int gridRows, long partials, long outputs) {
        long output = outputs;
        for (int row = 0; row < gridRows; row++) {
            for (int i = 0; i < rows; i++, output += Float.BYTES) {
                long at = partials + ((long) row * RawMemory.LANES + (long) i * cols) * Float.BYTES
                        & RawMemory.ADDRESS_MASK;
                float sum = 0;
                for (int block = 0; block < RawMemory.LANES; block += rows * cols) {
                    for (int j = 0; j < cols; j++) {
                        sum += RawMemory.ALL.get(RawMemory.FLOAT, at + (long) (block + j) * Float.BYTES);
                    }
                }
                RawMemory.ALL.set(RawMemory.FLOAT, output & RawMemory.ADDRESS_MASK, sum);
            }
        }
    }
}
