package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmShape;
import java.lang.classfile.Label;

/**
 * Writes the SDDMM of 1×1 blocks. Elements of one row share nothing but their gradient, so that stays in registers, one panel of it, while
 * the elements of the row are walked; partial sums wait in memory from panel to panel. In Java it would read
 *
 * <pre>
 * for each panel
 *   for each row that the blocks touch
 *     gradients = the row's samples of the panel
 *     for each block of the row
 *       partials[block] += gradients * input[column of the block]
 * </pre>
 *
 * That loads each input once, where a tile of one element would load a gradient beside each.
 */
final class SddmmRowGenerator {
    /** Sums that an element is split into, or each multiplication would wait for the last. */
    private static final int CHAINS = 2;

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
    private final int input = 10;
    private final int inputStride = 12;
    private final int partials = 14;

    private final int block;
    private final int row;
    private final int address;
    private final int partial;
    private final int base;
    private final int[] gradients;
    private final int[] sums;
    private final int vector;

    private SddmmRowGenerator(TileCode tile, SddmmShape shape, Span span) {
        this.tile = tile;
        featureBytes = (long) shape.lanes() * Float.BYTES;
        block = tile.newInt();
        row = tile.newInt();
        address = tile.newLong();
        partial = tile.newLong();
        base = tile.newLong();
        gradients = tile.newVectors(span.vectors());
        sums = tile.newVectors(Math.min(CHAINS, span.vectors()));
        vector = tile.newVector();
    }

    /** Whether a panel of one feature leaves registers for the rest. */
    static boolean fits(SddmmShape shape, Span span) {
        return shape.rows() == 1 && shape.cols() == 1 && span.vectors() <= Tiling.accumulators();
    }

    static WatchedTile<SddmmTile> generate(SddmmShape shape, Span span) {
        return TileCode.define(
                SddmmTile.class,
                shape,
                span.bits(),
                SddmmTile::idle,
                tile -> new SddmmRowGenerator(tile, shape, span).batch());
    }

    private void batch() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        panel(true);
        tile.code.labelBinding(loop).iload(panels).iconst_1().if_icmple(done);
        tile.code.lload(gradient).lload(gradientStride).ladd().lstore(gradient);
        tile.code.lload(input).lload(inputStride).ladd().lstore(input);
        panel(false);
        tile.code.iinc(panels, -1).goto_(loop).labelBinding(done);
    }

    private void panel(boolean first) {
        Label rowLoop = tile.code.newLabel();
        Label blockLoop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(firstBlock).istore(block).lload(partials).lstore(partial);
        tile.code.labelBinding(rowLoop).iload(block).iload(endBlock).if_icmpge(done);
        tile.code.aload(rowStarts).iload(block).iaload().istore(row);
        featureAddress(gradient, () -> tile.code.iload(row));
        for (int i = 0; i < gradients.length; i++) {
            tile.load(gradients[i], base, (long) i * tile.vectorBytes);
        }
        tile.code.labelBinding(blockLoop);
        element(first);
        tile.code.iinc(block, 1).iload(block).iload(endBlock).if_icmpge(done);
        tile.code.aload(rowStarts).iload(block).iaload().iload(row).if_icmpeq(blockLoop);
        tile.code.goto_(rowLoop).labelBinding(done);
    }

    private void element(boolean first) {
        featureAddress(input, () -> tile.code.aload(colStarts).iload(block).iaload());
        for (int sum : sums) {
            tile.zero(sum);
        }
        if (!first) {
            tile.maskAddress(partial, address);
            tile.load(sums[0], address, 0);
        }
        for (int i = 0; i < gradients.length; i++) {
            tile.load(vector, base, (long) i * tile.vectorBytes);
            tile.fma(sums[i % sums.length], gradients[i], vector);
        }
        for (int chain = 1; chain < sums.length; chain++) {
            tile.add(sums[0], sums[chain]);
        }
        tile.maskAddress(partial, address);
        tile.store(sums[0], address, 0);
        tile.advance(partial, tile.vectorBytes);
    }

    /** {@code base = matrix + feature · featureBytes}, without checks. */
    private void featureAddress(int matrix, Runnable feature) {
        tile.code.lload(matrix);
        feature.run();
        tile.code.i2l().loadConstant(featureBytes).lmul().ladd().lstore(address);
        tile.maskAddress(address, base);
    }
}
