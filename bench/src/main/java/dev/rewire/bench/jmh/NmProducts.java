package dev.rewire.bench.jmh;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.prune.NmPruning;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Param;

/** The three products of N:M weights. */
public class NmProducts extends PlannedProducts {
    /** Kept elements : elements of a group; the latter divides the inputs. */
    @Param("2:4")
    public String nm;

    /** Whose choice it is: {@code general}, {@code shared} by four outputs each, or {@code transposable}, which is for groups of up to 4. */
    @Param({"general", "shared", "transposable"})
    public String mask;

    /** For JMH. */
    public NmProducts() {}

    @Override
    Operands operands(KernelArena owner) {
        Size size = Size.parse(shape);
        DenseMatrix dense = Inputs.dense(owner, size.rows(), size.cols(), new SplittableRandom(1));
        SemiStructuredMatrix w = SemiStructuredMatrix.fromDense(owner, dense, pattern(dense), ValueType.F32);
        return Operands.draw(owner, product, size, w, batch);
    }

    private NmPattern pattern(DenseMatrix dense) {
        String[] parts = nm.split(":", 2);
        int n = Integer.parseInt(parts[0]);
        int m = Integer.parseInt(parts[1]);
        return switch (mask) {
            case "general" -> NmPruning.magnitude(dense, n, m);
            case "shared" -> NmPruning.shared(dense, n, m, 4);
            case "transposable" -> NmPruning.transposable(dense, n, m);
            default -> throw new IllegalArgumentException(mask + ": accepted are general, shared, transposable");
        };
    }
}
