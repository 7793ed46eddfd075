package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.arrays.Duplicates;
import dev.rewire.kernels.arrays.SparseArrays;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SciPy itself reads what we write, and we read what it writes, where Python has it. */
class ScipyInteropTest {
    private static final List<String> FORMATS = List.of("csr", "csc", "coo", "bsr");

    @TempDir
    Path folder;

    @BeforeAll
    static void needsScipy() throws IOException, InterruptedException {
        String version;
        try {
            version = run("import scipy; print(scipy.__version__)", Path.of("").toAbsolutePath());
        } catch (IOException e) {
            version = "";
        }
        assumeTrue(!version.isEmpty(), "no python3 that imports scipy");
    }

    private static String run(String program, Path folder) throws IOException, InterruptedException {
        Path output = Files.createTempFile("scipy", ".txt");
        try {
            Process python = new ProcessBuilder("python3", "-c", program)
                    .directory(folder.toFile())
                    .redirectErrorStream(false)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = python.waitFor(5, TimeUnit.MINUTES);
            if (!ended) {
                python.destroyForcibly();
            }
            return ended && python.exitValue() == 0
                    ? Files.readString(output, StandardCharsets.UTF_8).strip()
                    : "";
        } finally {
            Files.delete(output);
        }
    }

    @Test
    void scipyReadsOurFiles() throws IOException, InterruptedException {
        StringBuilder program = new StringBuilder("import scipy.sparse as s, scipy.io as io\n");
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern pattern = BlockPattern.random(12, 20, 3, 4, 9, new SplittableRandom(1));
            BlockSparseMatrix matrix = BlockSparseMatrix.allocate(arena, pattern);
            for (int i = 0; i < pattern.storedElements(); i++) {
                matrix.type().set(matrix.values(), i, i - 50.25f);
            }
            Npz.write(folder.resolve("csr.npz"), SparseArrays.csr(matrix));
            Npz.write(folder.resolve("csc.npz"), SparseArrays.csc(matrix));
            Npz.write(folder.resolve("coo.npz"), SparseArrays.coo(matrix));
            Npz.write(folder.resolve("bsr.npz"), SparseArrays.bsr(matrix));
            SparseFile.of(matrix).write(folder.resolve("m.mtx"));
            StringBuilder expected = new StringBuilder();
            for (int row = 0; row < 12; row++) {
                for (int col = 0; col < 20; col++) {
                    expected.append(expected.isEmpty() ? "" : " ").append(matrix.get(row, col));
                }
            }
            program.append("for f in ['csr', 'csc', 'coo', 'bsr']:\n");
            program.append("  m = s.load_npz(f + '.npz')\n");
            program.append("  assert m.format == f and m.dtype == 'float32' and m.nnz == 108\n");
            program.append("  if f != 'coo': m.check_format(full_check=True)\n");
            program.append("  print(' '.join(str(float(v)) for v in m.toarray().ravel()))\n");
            program.append("m = io.mmread('m.mtx')\n");
            program.append("print(' '.join(str(float(v)) for v in m.toarray().ravel()))\n");
            List<String> lines = run(program.toString(), folder).lines().toList();
            assertEquals(5, lines.size(), "lines of the script: it failed");
            lines.forEach(line -> assertEquals(expected.toString(), line));
        }
    }

    @Test
    void weReadTheFilesOfScipy() throws IOException, InterruptedException {
        String program = """
                import numpy as np, scipy.sparse as s, scipy.io as io
                rng = np.random.default_rng(1)
                d = np.where(rng.random((12, 20)) < 0.3, rng.integers(-9, 10, (12, 20)), 0).astype('f8') / 4
                for f in ['csr', 'csc', 'coo', 'bsr']:
                  for t in ['f4', 'f8']:
                    for c in [True, False]:
                      m = s.coo_matrix(d.astype(t)).asformat(f)
                      if f == 'bsr': m = s.coo_matrix(d.astype(t)).tobsr(blocksize=(3, 4))
                      s.save_npz('%s-%s-%s.npz' % (f, t, c), m, compressed=c)
                  s.save_npz(f + '-array.npz', s.coo_array(d).asformat(f))
                s.save_npz('bytes.npz', s.csc_matrix((4 * d).astype('i1')))
                s.save_npz('bools.npz', s.coo_matrix(d != 0))
                u = s.csr_matrix(d); u.indices[u.indptr[3]:u.indptr[4]] = u.indices[u.indptr[3]:u.indptr[4]][::-1]
                u.data[u.indptr[3]:u.indptr[4]] = u.data[u.indptr[3]:u.indptr[4]][::-1]
                s.save_npz('unsorted.npz', u)
                k = s.coo_matrix(d)
                r = np.concatenate([k.row, k.row]); l = np.concatenate([k.col, k.col])
                s.save_npz('twice.npz', s.coo_matrix((np.concatenate([k.data / 2, k.data / 2]), (r, l)), shape=d.shape))
                s.save_npz('wide.npz', s.csr_matrix((u.data, u.indices.astype('i8'), u.indptr.astype('i8')), shape=d.shape))
                s.save_npz('turned.npz', s.coo_matrix(np.ascontiguousarray(d.T)).tobsr(blocksize=(4, 3)).T)
                q = d[:12, :12]
                io.mmwrite('general.mtx', s.coo_matrix(d))
                io.mmwrite('symmetric.mtx', s.coo_matrix(q + q.T), symmetry='symmetric')
                io.mmwrite('skew.mtx', s.coo_matrix(q - q.T), symmetry='skew-symmetric')
                print(' '.join(str(v) for v in d.ravel()))
                """;
        String output = run(program, folder);
        String[] printed = output.split(" ", -1);
        assertEquals(240, printed.length, "numbers of the script: it failed");
        float[][] dense = new float[12][20];
        for (int i = 0; i < 240; i++) {
            dense[i / 20][i % 20] = Float.parseFloat(printed[i]);
        }
        try (KernelArena arena = KernelArena.open()) {
            for (String format : FORMATS) {
                assertHolds(
                        dense, Npz.read(folder.resolve(format + "-array.npz")).toBlocks(arena, 2, 3));
                for (String type : List.of("f4", "f8")) {
                    for (String compressed : List.of("True", "False")) {
                        Path file = folder.resolve(format + "-" + type + "-" + compressed + ".npz");
                        assertHolds(dense, Npz.read(file).toBlocks(arena, 3, 4));
                    }
                }
            }
            for (String name : List.of("unsorted", "wide", "turned")) {
                assertHolds(dense, Npz.read(folder.resolve(name + ".npz")).toBlocks(arena, 1, 1));
            }
            assertHolds(dense, Npz.read(folder.resolve("twice.npz")).toBlocks(arena, 5, 5, Duplicates.SUMMED));
            assertHolds(scaled(dense, 4), Npz.read(folder.resolve("bytes.npz")).toBlocks(arena, 1, 1));
            assertEquals(
                    Npz.read(folder.resolve("bytes.npz")).toBlocks(arena, 1, 1).pattern(),
                    Npz.read(folder.resolve("bools.npz")).toBlocks(arena, 1, 1).pattern());
            assertHolds(dense, matrix(arena, "general.mtx"));
            float[][] sum = new float[12][12];
            float[][] difference = new float[12][12];
            for (int row = 0; row < 12; row++) {
                for (int col = 0; col < 12; col++) {
                    sum[row][col] = dense[row][col] + dense[col][row];
                    difference[row][col] = dense[row][col] - dense[col][row];
                }
            }
            assertHolds(sum, matrix(arena, "symmetric.mtx"));
            assertHolds(difference, matrix(arena, "skew.mtx"));
        }
    }

    private BlockSparseMatrix matrix(KernelArena arena, String name) throws IOException {
        return SparseFile.read(folder.resolve(name)).toMatrix(arena, 2, 2, new SplittableRandom(1));
    }

    private static float[][] scaled(float[][] dense, float factor) {
        float[][] scaled = new float[dense.length][dense[0].length];
        for (int row = 0; row < dense.length; row++) {
            for (int col = 0; col < dense[row].length; col++) {
                scaled[row][col] = factor * dense[row][col];
            }
        }
        return scaled;
    }

    private static void assertHolds(float[][] dense, BlockSparseMatrix matrix) {
        for (int row = 0; row < dense.length; row++) {
            for (int col = 0; col < dense[row].length; col++) {
                assertEquals(dense[row][col], matrix.get(row, col), 0f, row + ", " + col + " of " + matrix);
            }
        }
    }
}
