package example;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.io.SparseFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

public final class ReadAndWrite {
    public static void main(String[] args) throws IOException {
        Path in = Path.of(args[0]); // .mtx, .smtx or .npz
        Path out = Path.of(args[1]); // .mtx or .npz; a .smtx has no values
        try (KernelArena arena = KernelArena.open()) {
            // In blocks of 4×4; the random numbers are the values where a file has none
            BlockSparseMatrix w = SparseFile.read(in).toMatrix(arena, 4, 4, new SplittableRandom(1));
            SparseFile.of(w).write(out);
            System.out.println(w.pattern().rows() + " x " + w.pattern().cols());
        }
    }
}
