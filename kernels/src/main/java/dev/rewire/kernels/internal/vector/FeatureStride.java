package dev.rewire.kernels.internal.vector;

/**
 * How far apart the features of a dense operand lie, in the code of a tile: a constant in panels. In a feature-major matrix a parameter, for a class for
 * each width of a matrix would be one too many.
 *
 * @param tile the code
 * @param bytes the constant
 * @param parameter local of the parameter that takes its place, or {@link #NONE}
 */
record FeatureStride(TileCode tile, long bytes, int parameter) {
    /** Instead of a parameter. */
    static final int NONE = -1;

    /** Whether it is known when the code is written. */
    boolean isConstant() {
        return parameter == NONE;
    }

    /** The long on the stack, a number of features, becomes bytes. */
    void toBytes() {
        if (isConstant()) {
            tile.code.loadConstant(bytes);
        } else {
            tile.code.lload(parameter);
        }
        tile.code.lmul();
    }

    /** {@code address += features}. */
    void advance(int address, long features) {
        if (isConstant()) {
            tile.advance(address, features * bytes);
        } else if (features != 0) {
            tile.code.lload(address).lload(parameter);
            if (features != 1) {
                tile.code.loadConstant(features).lmul();
            }
            tile.code.ladd().lstore(address);
        }
    }
}
