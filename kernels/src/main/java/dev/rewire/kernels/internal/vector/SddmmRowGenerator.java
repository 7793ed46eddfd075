package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmShape;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

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
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc INT_OF_INTS =
            MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);

    private final TileCode tile;
    private final long featureBytes;
    private final Slots slots;
    private final int block;
    private final int row;
    private final int end;
    private final int left;
    private final int address;
    private final int next;
    private final int partial;
    private final int base;
    private final int[][] gradients;
    private final int sum;
    private final int vector;

    /** Where the parameters of a tile lie; 0 is the tile itself. */
    private sealed interface Slots {
        int panels();

        int gradient();

        int gradientStride();

        int input();

        int inputStride();

        int partials();
    }

    /** Those of {@link SddmmTile}. */
    private record RangeSlots(
            int rowStarts,
            int colStarts,
            int firstBlock,
            int endBlock,
            int panels,
            int gradient,
            int gradientStride,
            int input,
            int inputStride,
            int partials)
            implements Slots {
        RangeSlots() {
            this(1, 2, 3, 4, 5, 6, 8, 12, 14, 18);
        }
    }

    /** Those of {@link SddmmRowsTile}. */
    private record RowsSlots(
            int starts,
            int cols,
            boolean narrow,
            int from,
            int to,
            int firstRow,
            int endRow,
            int firstElement,
            int endElement,
            int panels,
            int gradient,
            int gradientStride,
            int input,
            int inputStride,
            int partials)
            implements Slots {
        RowsSlots(boolean narrow) {
            this(1, narrow ? 2 : 3, narrow, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19);
        }
    }

    private SddmmRowGenerator(TileCode tile, int lanes, Span span, Slots slots) {
        this.tile = tile;
        this.slots = slots;
        featureBytes = (long) lanes * Float.BYTES;
        block = tile.newInt();
        row = tile.newInt();
        end = tile.newInt();
        left = tile.newLong();
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
    static boolean fits(Span span) {
        return span.vectors() <= Tiling.accumulators();
    }

    static boolean fits(SddmmShape shape, Span span) {
        return shape.rows() == 1 && shape.cols() == 1 && fits(span);
    }

    /** A range of elements, of each of which row and column are given. */
    static WatchedTile<SddmmTile> generate(SddmmShape shape, Span span) {
        return TileCode.define(
                SddmmTile.class,
                shape,
                SddmmTile::idle,
                tile -> new SddmmRowGenerator(tile, shape.lanes(), span, new RangeSlots()).batch());
    }

    /** Rows, of each of which the range of its elements is given. */
    static WatchedTile<SddmmRowsTile> generateRows(Object shape, int lanes, Span span, boolean narrow) {
        return TileCode.define(
                SddmmRowsTile.class,
                shape,
                SddmmRowsTile::idle,
                tile -> new SddmmRowGenerator(tile, lanes, span, new RowsSlots(narrow)).batch());
    }

    private void batch() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        int atOnce = gradients.length;
        if (atOnce > 1) {
            Label even = tile.code.newLabel();
            tile.code.iload(slots.panels()).iconst_1().iand().ifeq(even);
            panels(true, 1);
            tile.code.goto_(loop).labelBinding(even);
        }
        panels(true, atOnce);
        tile.code.labelBinding(loop).iload(slots.panels()).ifle(done);
        panels(false, atOnce);
        tile.code.goto_(loop).labelBinding(done);
    }

    private void panels(boolean first, int count) {
        tile.code.lload(slots.partials()).lstore(partial);
        switch (slots) {
            case RangeSlots range -> elements(range, first, count);
            case RowsSlots rows -> rows(rows, first, count);
        }
        for (int panel = 0; panel < count; panel++) {
            advance(slots.gradient(), slots.gradientStride());
            advance(slots.input(), slots.inputStride());
        }
        tile.code.iinc(slots.panels(), -count);
    }

    private void elements(RangeSlots range, boolean first, int count) {
        Label rowLoop = tile.code.newLabel();
        Label blockLoop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(range.firstBlock).istore(block);
        tile.code.labelBinding(rowLoop).iload(block).iload(range.endBlock).if_icmpge(done);
        tile.code.aload(range.rowStarts).iload(block).iaload().istore(row);
        loadGradients(count);
        tile.code.labelBinding(blockLoop);
        element(() -> tile.code.aload(range.colStarts).iload(block).iaload(), first, count);
        tile.code.iinc(block, 1).iload(block).iload(range.endBlock).if_icmpge(done);
        tile.code.aload(range.rowStarts).iload(block).iaload().iload(row).if_icmpeq(blockLoop);
        tile.code.goto_(rowLoop).labelBinding(done);
    }

    /** Elements are counted in twos, lest C2 takes their loop for a counted one: see {@link SpmmTileGenerator}. */
    private void rows(RowsSlots rows, boolean first, int count) {
        Label rowLoop = tile.code.newLabel();
        Label blockLoop = tile.code.newLabel();
        Label endOfRow = tile.code.newLabel();
        Label done = tile.code.newLabel();
        tile.code.iload(rows.firstRow).istore(row);
        tile.code.labelBinding(rowLoop).iload(row).iload(rows.endRow).if_icmpge(done);
        start(rows, rows.from, "max", rows.firstElement, block);
        start(rows, rows.to, "min", rows.endElement, end);
        tile.code.iload(end).iload(block).isub().i2l().loadConstant(2L).lmul().lstore(left);
        tile.code.lload(left).lconst_0().lcmp().ifle(endOfRow);
        loadGradients(count);
        tile.code.labelBinding(blockLoop);
        element(
                () -> {
                    tile.code.aload(rows.cols).iload(block);
                    if (rows.narrow) {
                        tile.code.caload();
                    } else {
                        tile.code.iaload();
                    }
                },
                first,
                count);
        tile.code.iinc(block, 1);
        tile.advance(left, -2);
        tile.code.lload(left).lconst_0().lcmp().ifeq(endOfRow).goto_(blockLoop);
        tile.code.labelBinding(endOfRow).iinc(row, 1).goto_(rowLoop).labelBinding(done);
    }

    private void start(RowsSlots rows, int of, String choice, int limit, int target) {
        tile.code.aload(rows.starts).iload(row).iload(of).iadd().iaload().iload(limit);
        tile.code.invokestatic(MATH, choice, INT_OF_INTS).istore(target);
    }

    private void loadGradients(int count) {
        featureAddress(slots.gradient(), () -> tile.code.iload(row));
        for (int panel = 0; panel < count; panel++) {
            if (panel > 0) {
                advance(address, slots.gradientStride());
            }
            tile.maskAddress(address, base);
            for (int i = 0; i < gradients[panel].length; i++) {
                tile.load(gradients[panel][i], base, (long) i * RawMemory.VECTOR_BYTES);
            }
        }
    }

    private void element(Runnable col, boolean first, int count) {
        featureAddress(slots.input(), col);
        tile.code.lload(address).lstore(next);
        if (first) {
            tile.zero(sum);
        } else {
            tile.maskAddress(partial, address);
            tile.load(sum, address, 0);
        }
        for (int panel = 0; panel < count; panel++) {
            if (panel > 0) {
                advance(next, slots.inputStride());
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
