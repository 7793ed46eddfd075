package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.internal.SddmmShape;
import java.lang.classfile.Label;
import java.util.Arrays;

/**
 * Writes an SDDMM tile: {@code rows.size × cols.size} elements of a block, summed over the batch in vectors along it. Small tiles keep
 * several sums per element, or each would wait for the last. In Java it would read
 *
 * <pre>
 * for each block
 *   for each tile of rows, for each tile of cols
 *     sums = 0
 *     for each panel
 *       for each group of vectors of the panel
 *         sums[i][j][chain] += gradient[i] * input[j]
 *     partials = sums over the chains
 * </pre>
 *
 * The lanes of the partial sums are added by {@link PartialSums}, in a fixed order: {@code reduceLanes} leaves the order open, and compiled
 * code takes another one than the interpreter.
 */
final class SddmmTileGenerator {
    private final TileCode tile;
    private final SddmmShape shape;
    private final Tiling.Part rows;
    private final Tiling.Part cols;
    private final int chains;
    private final int turns;
    private final FeatureStride gradientFeatures;
    private final FeatureStride inputFeatures;

    // The parameters' slots; 0 is the tile itself.
    private final int rowStarts = 1;
    private final int colStarts = 2;
    private final int block = 3;
    private final int endBlock = 4;
    private final int panels = 5;
    private final int gradient = 6;
    private final int gradientStride = 8;
    private final int gradientFeature = 10;
    private final int input = 12;
    private final int inputStride = 14;
    private final int inputFeature = 16;
    private final int partials = 18;

    private final int row;
    private final int col;
    private final int panel;
    private final int gradientOfPanel;
    private final int inputOfPanel;
    private final int g;
    private final int x;
    private final int end;
    private final int[] gradientBases;
    private final int[] inputBases;
    private final int[][][] sums;
    private final int[] inputs;
    private final int vector;

    private SddmmTileGenerator(TileCode tile, SddmmShape shape, Tiling.Part rows, Tiling.Part cols, Span.Turns turns) {
        this.tile = tile;
        this.shape = shape;
        this.rows = rows;
        this.cols = cols;
        chains = turns.vectors();
        this.turns = turns.times();
        long featureBytes = (long) shape.lanes() * Float.BYTES;
        gradientFeatures =
                new FeatureStride(tile, featureBytes, shape.strided() ? gradientFeature : FeatureStride.NONE);
        inputFeatures = new FeatureStride(tile, featureBytes, shape.strided() ? inputFeature : FeatureStride.NONE);
        row = tile.newInt();
        col = tile.newInt();
        panel = tile.newInt();
        gradientOfPanel = tile.newLong();
        inputOfPanel = tile.newLong();
        g = tile.newLong();
        x = tile.newLong();
        end = tile.newLong();
        gradientBases = bases(tile, shape.strided() ? rows.size() : 1);
        inputBases = bases(tile, shape.strided() ? cols.size() : 1);
        sums = new int[chains][][];
        for (int chain = 0; chain < chains; chain++) {
            sums[chain] = tile.newVectors(rows.size(), cols.size());
        }
        inputs = tile.newVectors(cols.size());
        vector = tile.newVector();
    }

    private static int[] bases(TileCode tile, int count) {
        int[] locals = new int[count];
        Arrays.setAll(locals, i -> tile.newLong());
        return locals;
    }

    static WatchedTile<SddmmTile> generate(SddmmShape shape, Tiling.Part rows, Tiling.Part cols, Span.Turns turns) {
        return TileCode.define(
                SddmmTile.class,
                shape,
                SddmmTile::idle,
                tile -> new SddmmTileGenerator(tile, shape, rows, cols, turns).blocks());
    }

    private void blocks() {
        Label loop = tile.code.newLabel();
        Label done = tile.code.newLabel();
        Label rowLoop = tile.code.newLabel();
        Label colLoop = tile.code.newLabel();
        tile.code.labelBinding(loop).iload(block).iload(endBlock).if_icmpge(done);
        tile.code.loadConstant(rows.from()).istore(row).labelBinding(rowLoop);
        tile.code.loadConstant(cols.from()).istore(col).labelBinding(colLoop);
        zero();
        batch();
        store();
        tile.code.iinc(col, cols.size()).iload(col).loadConstant(cols.to()).if_icmplt(colLoop);
        tile.code.iinc(row, rows.size()).iload(row).loadConstant(rows.to()).if_icmplt(rowLoop);
        tile.advance(partials, (long) shape.rows() * shape.cols() * RawMemory.VECTOR_BYTES);
        tile.code.iinc(block, 1).goto_(loop).labelBinding(done);
    }

    private void zero() {
        for (int[][] chain : sums) {
            for (int[] rowSums : chain) {
                for (int sum : rowSums) {
                    tile.zero(sum);
                }
            }
        }
    }

    private void batch() {
        Label panelLoop = tile.code.newLabel();
        Label vectorLoop = tile.code.newLabel();
        Label endOfPanel = tile.code.newLabel();
        Label done = tile.code.newLabel();
        long groupBytes = (long) chains * RawMemory.VECTOR_BYTES;
        featureAddress(gradient, rowStarts, row, gradientFeatures, gradientOfPanel);
        featureAddress(input, colStarts, col, inputFeatures, inputOfPanel);
        tile.code.iload(panels).istore(panel);
        tile.code.labelBinding(panelLoop).iload(panel).ifle(done);
        tile.code.lload(gradientOfPanel).loadConstant(groupBytes).lsub().lstore(g);
        tile.code.lload(inputOfPanel).loadConstant(groupBytes).lsub().lstore(x);
        tile.code.lload(g).loadConstant(turns * groupBytes).ladd().lstore(end);
        tile.code.labelBinding(vectorLoop);
        tile.advance(g, groupBytes);
        tile.advance(x, groupBytes);
        group();
        if (turns > 1) {
            tile.code.lload(g).lload(end).lcmp().ifeq(endOfPanel).goto_(vectorLoop);
        }
        tile.code.labelBinding(endOfPanel);
        tile.code.lload(gradientOfPanel).lload(gradientStride).ladd().lstore(gradientOfPanel);
        tile.code.lload(inputOfPanel).lload(inputStride).ladd().lstore(inputOfPanel);
        tile.code.iinc(panel, -1).goto_(panelLoop).labelBinding(done);
    }

    /** {@code target = matrix + starts[block] + offset}, of features. */
    private void featureAddress(int matrix, int starts, int offset, FeatureStride features, int target) {
        tile.code
                .lload(matrix)
                .aload(starts)
                .iload(block)
                .iaload()
                .iload(offset)
                .iadd()
                .i2l();
        features.toBytes();
        tile.code.ladd().lstore(target);
    }

    private void group() {
        findFeatures(g, gradientFeatures, gradientBases);
        findFeatures(x, inputFeatures, inputBases);
        for (int chain = 0; chain < chains; chain++) {
            long lanes = (long) chain * RawMemory.VECTOR_BYTES;
            for (int j = 0; j < cols.size(); j++) {
                load(inputs[j], inputBases, inputFeatures, j, lanes);
            }
            for (int i = 0; i < rows.size(); i++) {
                load(vector, gradientBases, gradientFeatures, i, lanes);
                for (int j = 0; j < cols.size(); j++) {
                    tile.fma(sums[chain][i][j], inputs[j], vector);
                }
            }
        }
    }

    /** One base for all features, if their distance is a constant; otherwise one for each. */
    private void findFeatures(int first, FeatureStride features, int[] bases) {
        tile.maskAddress(first, bases[0]);
        for (int i = 1; i < bases.length; i++) {
            tile.code.lload(bases[i - 1]).lstore(bases[i]);
            features.advance(bases[i], 1);
            tile.maskAddress(bases[i], bases[i]);
        }
    }

    private void load(int target, int[] bases, FeatureStride features, int feature, long lanes) {
        if (features.isConstant()) {
            tile.load(target, bases[0], feature * features.bytes() + lanes);
        } else {
            tile.load(target, bases[feature], lanes);
        }
    }

    private void store() {
        tile.code
                .lload(partials)
                .iload(row)
                .loadConstant(shape.cols())
                .imul()
                .iload(col)
                .iadd()
                .i2l();
        tile.code.loadConstant((long) RawMemory.VECTOR_BYTES).lmul().ladd().lstore(g);
        tile.maskAddress(g, gradientBases[0]);
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < cols.size(); j++) {
                for (int step = 1; step < chains; step *= 2) {
                    for (int chain = 0; chain + step < chains; chain += 2 * step) {
                        tile.add(sums[chain][i][j], sums[chain + step][i][j]);
                    }
                }
                tile.store(sums[0][i][j], gradientBases[0], ((long) i * shape.cols() + j) * RawMemory.VECTOR_BYTES);
            }
        }
    }
}
