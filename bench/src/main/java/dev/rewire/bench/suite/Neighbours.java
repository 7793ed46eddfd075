package dev.rewire.bench.suite;

import dev.rewire.bench.Doubt;
import dev.rewire.bench.SpmmSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Points whose rates do not differ much: the same product of the same shape, with the next block at the same sparsity, or the next sparsity with the same block;
 * of N:M, any other.
 */
final class Neighbours {
    private final List<Measured> all;

    Neighbours(List<Measured> all) {
        this.all = all;
    }

    /** What a point is far below; empty if it is not. */
    Optional<String> farAbove(Measured point) {
        return all.stream()
                .filter(other -> comparable(point.point(), other.point()) && near(point, other))
                .max(Comparator.comparingDouble(other -> other.report().gflops()))
                .filter(best ->
                        point.report().gflops() * Doubt.FACTOR < best.report().gflops())
                .map(best -> String.format(
                        Locale.ROOT,
                        "%.3g GFLOP/s, where %s reaches %.3g",
                        point.report().gflops(),
                        best.point().structure().label(),
                        best.report().gflops()));
    }

    private static boolean comparable(Point a, Point b) {
        SpmmSettings of = a.settings();
        SpmmSettings other = b.settings();
        return a.rows() == b.rows()
                && a.cols() == b.cols()
                && of.product() == other.product()
                && of.batch() == other.batch()
                && of.layout() == other.layout()
                && of.values() == other.values()
                && of.threads() == other.threads();
    }

    private boolean near(Measured a, Measured b) {
        Structure of = a.point().structure();
        Structure other = b.point().structure();
        if (of instanceof Structure.Blocks blocks && other instanceof Structure.Blocks others) {
            return blocks.sparsity() == others.sparsity()
                    ? next(a, b, true)
                    : sameShape(blocks, others) && next(a, b, false);
        }
        return of instanceof Structure.Nm && other instanceof Structure.Nm && !of.equals(other);
    }

    private static boolean sameShape(Structure.Blocks a, Structure.Blocks b) {
        return a.rows() == b.rows() && a.cols() == b.cols();
    }

    /** Whether no third point lies between two that differ in one thing: the elements of a block, or the sparsity. */
    private boolean next(Measured a, Measured b, boolean elements) {
        double from = coordinate(a, elements);
        double to = coordinate(b, elements);
        return from != to
                && all.stream()
                        .filter(each -> comparable(each.point(), a.point())
                                && each.point().structure() instanceof Structure.Blocks
                                && coordinate(each, !elements) == coordinate(a, !elements))
                        .mapToDouble(each -> coordinate(each, elements))
                        .noneMatch(between -> between > Math.min(from, to) && between < Math.max(from, to));
    }

    private static double coordinate(Measured measured, boolean elements) {
        Structure.Blocks blocks = (Structure.Blocks) measured.point().structure();
        return elements ? (double) blocks.rows() * blocks.cols() : blocks.sparsity();
    }
}
