package dev.rewire.bench.suite;

import dev.rewire.bench.Product;
import dev.rewire.bench.SpmmSettings;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A point or more of each section, on small matrices: seconds instead of minutes. */
public final class SmallSuite {
    public static final SuiteSettings SETTINGS = new SuiteSettings(true, 2, List.of("openblas", "mkl"));

    private SmallSuite() {}

    private static final Structure BLOCKS = new Structure.Blocks(16, 16, 0.9);

    public static List<Point> points() {
        List<Point> points = new ArrayList<>();
        for (double sparsity : new double[] {0, 0.9}) {
            points.add(
                    point(Section.SPARSITY, new Structure.Blocks(4, 4, sparsity), Product.FORWARD, 17, Layout.PANELS));
        }
        points.add(point(Section.PRODUCTS, BLOCKS, Product.FORWARD, 17, Layout.ROW_MAJOR));
        points.add(point(Section.PRODUCTS, BLOCKS, Product.FORWARD, 17, Layout.PANELS));
        points.add(point(Section.PRODUCTS, BLOCKS, Product.BACKWARD_WEIGHT, 17, Layout.PANELS));
        points.add(point(Section.SMALL_BATCH, BLOCKS, Product.FORWARD, 1, Layout.PANELS));
        points.add(point(Section.NM, new Structure.Nm(2, 4, 1), Product.FORWARD, 17, Layout.PANELS));
        points.add(point(Section.NM, new Structure.Nm(1, 4, 2), Product.FORWARD, 1, Layout.PANELS));
        return points;
    }

    private static Point point(Section section, Structure structure, Product product, int batch, Layout layout) {
        SpmmSettings how = new SpmmSettings(
                product, batch, Device.CPU, layout, ValueType.F32, SETTINGS.threads(), 0.02, 1, SETTINGS.peers());
        return new Point(section, 96, 64, structure, how);
    }

    public static SuiteReport run(Consumer<String> progress) {
        return Suite.run(SETTINGS, points(), 0.02, (point, first, reason) -> first, progress);
    }
}
