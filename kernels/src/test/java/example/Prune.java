package example;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.prune.NmPruning;
import java.util.Arrays;

public final class Prune {
    public static void main(String[] args) {
        try (KernelArena arena = KernelArena.open()) {
            DenseMatrix dense = DenseMatrix.copyOf(arena, new float[][] {{1, -4, 3, 2, 8, 5, 0, 6}});
            NmPattern pattern = NmPruning.magnitude(dense, 2, 4); // the 2 largest of each 4 of a row
            SemiStructuredMatrix w = SemiStructuredMatrix.fromDense(arena, dense, pattern, ValueType.F32);
            w.toDense(dense);
            System.out.println(Arrays.toString(dense.toArray()));
        }
    }
}
