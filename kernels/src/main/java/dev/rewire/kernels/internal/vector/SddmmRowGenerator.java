package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmShape;
import java.lang.classfile.Label;

/**
 * Writes the SDDMM of 1×1 blocks. Elements of one row share nothing but their gradient, so that stays in registers, two panels of it where there are enough,
 * while the elements of the row are walked; partial sums wait in memory from panels to panels. In Java it would read
 *
 * <pre>
 * for each panel, or two
 *   for each row that the blocks touch
 *     gradients = the row's samples of the panels
 *     for each block of the row
 *       partials[block] += gradients * input[column of the block]
 * </pre>
 *
 * That loads each input once, where a tile of one element would load a gradient beside each; two panels share an index, a load and a store of the partial sum.
 * An odd number of panels begins with one. Each element has one sum: the processor computes those of several elements at a time, for none waits for another.
 */
final class SddmmRowGenerator {
    private final TileCode tile;
    private final long featureBytes;

    // The parameters' slots; 0 is the tile itself.
    private final int rowStarts = 1;
    private final int colStarts = 2;
    private final int firstBlock = 3;
    private final int endBlock = 4;
    private final int panels = 5;
    private final int gradient = 6;
    private final int gradientStride = 8;
    private final int input = 12;
    private final int inputStride = 14;
    private final int partials = 18;

    private final int block;
    private final int row;
    private final int address;
    private final int next;
    private final int partial;
    private final int base;
    private final int[][] gradients;
    private final int sum;
    private final int vector;

    private SddmmRowGenerator(TileCode tile, SddmmShape shape, Span span) {
        this.tile = tile;
        featureBytes = (long) shape.lanes() * Float.BYTES;
        block = tile.newInt();
        row = tile.newInt();
        address = tile.newLong();
        next = tile.newLong();
        partial = tile.newLong();
        base = tile.newLong();
        gradients = tile.newVectors(panelsAtOnce(span), span.vectors());
        sum = tile.newVector();
        vector = tile.newVector();
    }

    /** As many as leave registers for the rest. */
    static int panelsAtOnce(Span span) {
        return 2 * span.vectors() <= Tiling.accumulators() ? 2 : 1;
    }

    /** Whether a panel of one feature leaves registers for the rest. */
    static boolean fits(SddmmShape shape, Span span) {
        return shape.rows() == 1 && shape.cols() == 1 && span.vectors() <= Tiling.accumulators();
    }

    static WatchedTile<SddmmTile> generate(SddmmShape shape, Span span) {
        return TileCode.define(
                SddmmTile.class, shape, SddmmTile::idle, tile -> new SddmmRowGenerator(tile, shape, span).batch());
    }

    private void batch() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        int atOnce = gradients.length;
        if (atOnce > 1) {
            Label even = tile.code.newLabel();
            tile.code.iload(panels).iconst_1().iand().ifeq(even);
            panels(true, 1);
            tile.code.goto_(loop).labelBinding(even);
        }
        panels(true, atOnce);
        tile.code.labelBinding(loop).iload(panels).ifle(done);
        panels(false, atOnce);
        tile.code.goto_(loop).labelBinding(done);
    }

    private void panels(boolean first, int count) {
        Label rowLoop = tile.code.newLabel();
        Label blockLoop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(firstBlock).istore(block).lload(partials).lstore(partial);
        tile.code.labelBinding(rowLoop).iload(block).iload(endBlock).if_icmpge(done);
        tile.code.aload(rowStarts).iload(block).iaload().istore(row);
        featureAddress(gradient, () -> tile.code.iload(row));
        for (int panel = 0; panel < count; panel++) {
            if (panel > 0) {
                advance(address, gradientStride);
            }
            tile.maskAddress(address, base);
            for (int i = 0; i < gradients[panel].length; i++) {
                tile.load(gradients[panel][i], base, (long) i * RawMemory.VECTOR_BYTES);
            }
        }
        tile.code.labelBinding(blockLoop);
        element(first, count);
        tile.code.iinc(block, 1).iload(block).iload(endBlock).if_icmpge(done);
        tile.code.aload(rowStarts).iload(block).iaload().iload(row).if_icmpeq(blockLoop);
        tile.code.goto_(rowLoop).labelBinding(done);
        for (int panel = 0; panel < count; panel++) {
            advance(gradient, gradientStride);
            advance(input, inputStride);
        }
        tile.code.iinc(panels, -count);
    }

    private void element(boolean first, int count) {
        featureAddress(input, () -> tile.code.aload(colStarts).iload(block).iaload());
        tile.code.lload(address).lstore(next);
        if (first) {
            tile.zero(sum);
        } else {
            tile.maskAddress(partial, address);
            tile.load(sum, address, 0);
        }
        for (int panel = 0; panel < count; panel++) {
            if (panel > 0) {
                advance(next, inputStride);
            }
            tile.maskAddress(next, base);
            for (int i = 0; i < gradients[panel].length; i++) {
                tile.load(vector, base, (long) i * RawMemory.VECTOR_BYTES);
                tile.fma(sum, gradients[panel][i], vector);
            }
        }
        tile.maskAddress(partial, address);
        tile.store(sum, address, 0);
        tile.advance(partial, RawMemory.VECTOR_BYTES);
    }

    private void advance(int address, int stride) {
        tile.code.lload(address).lload(stride).ladd().lstore(address);
    }

    /** {@code address = matrix + feature · featureBytes}. */
    private void featureAddress(int matrix, Runnable feature) {
        tile.code.lload(matrix);
        feature.run();
        tile.code.i2l().loadConstant(featureBytes).lmul().ladd().lstore(address);
    }
}
