package example;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.FeatureMap;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.AveragePooling;
import dev.rewire.kernels.panel.BatchNorm;
import java.util.Arrays;

public final class Normalize {
    public static void main(String[] args) {
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(2)) {
            // Two images of 1×2 positions and 2 channels
            FeatureMap map = new FeatureMap(1, 2, 2, 0);
            PanelMatrix x = PanelMatrix.allocate(arena, 2, map.features());
            x.pack(DenseMatrix.copyOf(arena, new float[][] {{5, -3, 5, -3}, {1, 7, 1, 7}}), workers);
            DenseMatrix scale = DenseMatrix.copyOf(arena, new float[][] {{1, 1}});
            DenseMatrix shift = DenseMatrix.copyOf(arena, new float[][] {{0, 0}});
            DenseMatrix mean = DenseMatrix.copyOf(arena, new float[][] {{0, 0}});
            DenseMatrix variance = DenseMatrix.copyOf(arena, new float[][] {{1, 1}});

            BatchNorm norm = BatchNorm.prepare(map, 1e-9f, 0.1f, workers);
            PanelMatrix y = PanelMatrix.allocate(arena, 2, map.features());
            norm.forwardTraining(x, scale, shift, mean, variance, true, y); // with a ReLU
            AveragePooling pooling = AveragePooling.global(map, workers);
            PanelMatrix features =
                    PanelMatrix.allocate(arena, 2, pooling.output().features());
            pooling.forward(y, features);

            DenseMatrix result = DenseMatrix.allocate(arena, 2, 2);
            features.unpack(result, workers);
            System.out.println(Arrays.deepToString(result.toRows()));
        }
    }
}
