package example;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.arrays.SparseArrays;
import java.util.Arrays;

public final class FromArrays {
    public static void main(String[] args) {
        // 2 × 4, as SciPy's indptr, indices and data: [[1, 0, 0, 2], [0, 0, 3, 0]]
        CsrArrays csr = new CsrArrays(2, 4, new int[] {0, 2, 3}, new int[] {0, 3, 2}, new float[] {1, 2, 3});
        try (KernelArena arena = KernelArena.open()) {
            BlockSparseMatrix w = csr.toBlocks(arena, 2, 2);
            System.out.println(w.pattern().blocks() + " blocks");
            System.out.println(
                    Arrays.toString(SparseArrays.csr(w).withoutZeros().colIndices()));
        }
    }
}
