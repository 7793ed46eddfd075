package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.ElementwiseKernels;
import java.lang.classfile.Label;

/**
 * A generated loop that takes values out of lines of 16 places, and writes 16 of each. Lanes are selected and not compressed: that, and a mask for what is
 * written, take twice as long.
 */
interface CompressingTile {
    /**
     * Takes out the values of some lines.
     *
     * @param dense address of the first line
     * @param starts for each line its first value
     * @param selectors address of those of the first line
     * @param from first line
     * @param to line after the last, a multiple of {@link ElementwiseKernels#LINES} later
     * @param values address of value 0
     */
    void run(long dense, int[] starts, long selectors, int from, int to, long values);

    /** Writes the loop, for vectors of 16 lanes. */
    static WatchedTile<CompressingTile> generate() {
        return TileCode.define(
                CompressingTile.class, "lines", tile -> tile.run(0, new int[0], 0, 0, 0, 0), CompressingTile::write);
    }

    private static void write(TileCode tile) {
        int dense = 1;
        int starts = 3;
        int selectors = 4;
        int from = 6;
        int to = 7;
        int values = 8;
        int base = tile.newLong();
        int target = tile.newLong();
        int ofLines = tile.newVector();
        int selector = tile.newVector();
        int places = tile.newVector();
        int selected = tile.newVector();
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.labelBinding(loop).iload(from).iload(to).if_icmpge(done);
        tile.maskAddress(selectors, base);
        tile.loadShorts(ofLines, base, 0);
        tile.maskAddress(dense, base);
        for (int line = 0; line < ElementwiseKernels.LINES; line++) {
            tile.shiftRight(ofLines, line * NmSelectors.BITS, selector);
            tile.loadInts(places, base, (long) line * RawMemory.VECTOR_BYTES);
            tile.selectFrom(places, selector, selected);
            tile.code.aload(starts).iload(from).loadConstant(line).iadd().iaload();
            tile.code
                    .i2l()
                    .loadConstant((long) Float.BYTES)
                    .lmul()
                    .lload(values)
                    .ladd()
                    .lstore(target);
            tile.maskAddress(target, target);
            tile.store(selected, target, 0);
        }
        tile.advance(selectors, ElementwiseKernels.SELECTOR_BYTES);
        tile.advance(dense, (long) ElementwiseKernels.LINES * RawMemory.VECTOR_BYTES);
        tile.code.iinc(from, ElementwiseKernels.LINES).goto_(loop).labelBinding(done);
    }
}
