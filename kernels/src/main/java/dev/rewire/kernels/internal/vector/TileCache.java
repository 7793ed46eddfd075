package dev.rewire.kernels.internal.vector;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Generated tiles of the shapes that were asked for last. Others live as long as the plans that run them: the JVM unloads a hidden class
 * that nothing refers to, so that neither widths nor shapes of blocks accumulate.
 *
 * @param <S> shape
 * @param <T> one or several tiles
 */
final class TileCache<S, T> {
    /** More than a program of some layers has; each has up to some ten classes of some KiB. */
    static final int SHAPES = 128;

    private static final float LOAD_FACTOR = 0.75f;

    private final Function<S, T> generate;
    private final Map<S, T> latest = new LinkedHashMap<>(16, LOAD_FACTOR, true);

    TileCache(Function<S, T> generate) {
        this.generate = generate;
    }

    /** Those of a shape. Other threads wait while they are generated. */
    synchronized T of(S shape) {
        T tiles = latest.get(shape);
        if (tiles == null) {
            tiles = generate.apply(shape);
            if (latest.size() == SHAPES) {
                latest.remove(latest.keySet().iterator().next());
            }
            latest.put(shape, tiles);
        }
        return tiles;
    }
}
