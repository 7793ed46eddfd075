package dev.rewire.bench.suite;

import dev.rewire.bench.Product;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.ArrayList;
import java.util.List;

/** The points of the suite. */
public final class SuitePoints {
    private static final int[][] BLOCKS = {{1, 1}, {4, 1}, {4, 4}, {16, 16}, {32, 32}};

    private static final Structure LARGE_BLOCKS = new Structure.Blocks(16, 16, 0.9);

    /** Full matrices are there for the crossover, which for large blocks lies below one half. */
    private static final double[] SPARSITIES = {0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98};

    private static final double[] QUICK_SPARSITIES = {0, 0.5, 0.8, 0.9, 0.98};

    private static final double SECONDS = 15;
    private static final double QUICK_SECONDS = 1.5;
    private static final double QUICK_SECONDS_OF_TABLES = 3;
    private static final long SEED = 1;

    private final SuiteSettings settings;
    private final List<Point> points = new ArrayList<>();

    private SuitePoints(SuiteSettings settings) {
        this.settings = settings;
    }

    /**
     * All of them.
     *
     * @param settings of the suite
     * @return the points in the order in which they are measured
     */
    public static List<Point> of(SuiteSettings settings) {
        SuitePoints suite = new SuitePoints(settings);
        suite.products();
        suite.smallBatches();
        suite.nm();
        suite.sparsities();
        return suite.points;
    }

    private void products() {
        double seconds = settings.quick() ? QUICK_SECONDS_OF_TABLES : SECONDS;
        for (Product product : Product.values()) {
            for (Layout layout : List.of(Layout.ROW_MAJOR, Layout.PANELS)) {
                add(Section.PRODUCTS, 3072, 768, LARGE_BLOCKS, how(product, 512, layout, seconds, settings.peers()));
            }
        }
    }

    private void smallBatches() {
        double seconds = settings.quick() ? QUICK_SECONDS_OF_TABLES : SECONDS;
        for (int batch : new int[] {1, 8}) {
            SpmmSettings how = how(Product.FORWARD, batch, Layout.PANELS, seconds, settings.peers());
            add(Section.SMALL_BATCH, 4096, 4096, LARGE_BLOCKS, how);
        }
    }

    private void nm() {
        double seconds = settings.quick() ? QUICK_SECONDS_OF_TABLES : SECONDS;
        SpmmSettings large = how(Product.FORWARD, 512, Layout.PANELS, seconds, settings.densePeers());
        for (Structure structure :
                List.of(new Structure.Nm(2, 4, 1), new Structure.Nm(2, 4, 4), new Structure.Nm(1, 4, 1))) {
            add(Section.NM, 3072, 768, structure, large);
        }
        SpmmSettings single = how(Product.FORWARD, 1, Layout.PANELS, seconds, settings.densePeers());
        add(Section.NM, 4096, 4096, new Structure.Nm(2, 4, 1), single);
    }

    private void sparsities() {
        double seconds = settings.quick() ? QUICK_SECONDS : SECONDS;
        SpmmSettings how = how(Product.FORWARD, 256, Layout.PANELS, seconds, settings.densePeers());
        for (int[] block : BLOCKS) {
            for (double sparsity : settings.quick() ? QUICK_SPARSITIES : SPARSITIES) {
                add(Section.SPARSITY, 1024, 1024, new Structure.Blocks(block[0], block[1], sparsity), how);
            }
        }
    }

    private SpmmSettings how(Product product, int batch, Layout layout, double seconds, List<String> peers) {
        return new SpmmSettings(
                product, batch, Device.CPU, layout, ValueType.F32, settings.threads(), seconds, SEED, peers);
    }

    private void add(Section section, int rows, int cols, Structure structure, SpmmSettings how) {
        points.add(new Point(section, rows, cols, structure, how));
    }
}
