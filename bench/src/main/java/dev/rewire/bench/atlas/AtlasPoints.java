package dev.rewire.bench.atlas;

import dev.rewire.bench.Product;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.bench.suite.Point;
import dev.rewire.bench.suite.Section;
import dev.rewire.bench.suite.Structure;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.ArrayList;
import java.util.List;

/** The points of an atlas: visits to one product, shape and batch each, whose points share their dense rivals. */
public final class AtlasPoints {
    private static final int[] BLOCKS = {1, 4, 16};
    private static final double[] SPARSITIES = {0.5, 0.7, 0.8, 0.9, 0.95, 0.99};
    private static final int[] BATCHES = {1, 8, 32, 128, 512};

    /** Outputs and inputs. */
    private static final int[][] SHAPES = {{512, 512}, {1024, 1024}, {2048, 2048}, {3072, 768}, {768, 3072}};

    private static final double[] QUICK_SPARSITIES = {0.5, 0.9};
    private static final int[] QUICK_BATCHES = {1, 128};
    private static final int[][] QUICK_SHAPES = {{512, 512}, {3072, 768}};

    /** How many structures a visit measures: an atlas comes by several times before it has all. */
    private static final int POINTS_OF_VISIT = 5;

    private static final double SECONDS = 0.6;
    private static final double QUICK_SECONDS = 0.25;
    private static final long SEED = 1;

    private AtlasPoints() {}

    /**
     * All of them.
     *
     * @param settings of the atlas
     * @return visits in an order in which a few of them already cover the space
     */
    public static List<List<Point>> visits(AtlasSettings settings) {
        List<Structure> structures = CoarseOrder.of(structures(settings.quick()));
        List<List<Point>> visits = new ArrayList<>();
        for (int from = 0; from < structures.size(); from += POINTS_OF_VISIT) {
            List<Structure> some = structures.subList(from, Math.min(from + POINTS_OF_VISIT, structures.size()));
            List<List<Point>> round = new ArrayList<>();
            for (Product product : Product.values()) {
                for (int[] shape : settings.quick() ? QUICK_SHAPES : SHAPES) {
                    for (int batch : settings.quick() ? QUICK_BATCHES : BATCHES) {
                        SpmmSettings how = how(product, batch, settings);
                        round.add(some.stream()
                                .map(each -> new Point(Section.ATLAS, shape[0], shape[1], each, how))
                                .toList());
                    }
                }
            }
            visits.addAll(CoarseOrder.of(round));
        }
        return visits;
    }

    private static List<Structure> structures(boolean quick) {
        List<Structure> structures = new ArrayList<>();
        for (int block : BLOCKS) {
            for (double sparsity : quick ? QUICK_SPARSITIES : SPARSITIES) {
                structures.add(new Structure.Blocks(block, block, sparsity));
            }
        }
        structures.add(new Structure.Nm(2, 4, 1));
        return structures;
    }

    private static SpmmSettings how(Product product, int batch, AtlasSettings settings) {
        return new SpmmSettings(
                product,
                batch,
                Device.CPU,
                Layout.PANELS,
                ValueType.F32,
                settings.threads(),
                settings.quick() ? QUICK_SECONDS : SECONDS,
                SEED,
                settings.peers());
    }
}
