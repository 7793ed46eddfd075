package dev.rewire.bench;

import dev.rewire.bench.MklSparseContender.Form;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.kernels.KernelArena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Who else computes the product. */
final class Peers {
    private static final String OPENBLAS = "openblas";
    private static final String MKL = "mkl";
    private static final String PLAIN = "plain";
    private static final Map<String, Form> MKL_SPARSE = Map.of(
            "mkl-csr", Form.CSR,
            "mkl-bsr", Form.BSR,
            "mkl-csr-plain", Form.CSR_PLAIN,
            "mkl-bsr-plain", Form.BSR_PLAIN);

    /** Names of those that are libraries. */
    static final List<String> LIBRARIES =
            List.of(OPENBLAS, MKL, "mkl-csr", "mkl-bsr", "mkl-csr-plain", "mkl-bsr-plain");

    /** All names. */
    static final List<String> NAMES =
            Stream.concat(LIBRARIES.stream(), Stream.of(PLAIN)).toList();

    private Peers() {}

    /**
     * A peer that takes part.
     *
     * @param contender computes the product
     * @param libraryName of the library that it is
     * @param library what is known of it; null if it is none
     */
    record Present(Contender contender, String libraryName, Environment.@Nullable Library library) {}

    /** Whether a peer multiplies all elements of the matrix, and not only the stored ones. */
    static boolean isDense(String name) {
        return name.equals(OPENBLAS) || name.equals(MKL) || name.equals(SpmmBenchmark.GPU_PEER);
    }

    /**
     * Prepares a peer.
     *
     * @param name out of {@link #NAMES}
     * @param arena owns its operands
     * @param memory bytes that they may take
     * @throws UnavailableException with the reason why it does not take part
     */
    static Present prepare(String name, SpmmProblem problem, KernelArena arena, int threads, long memory)
            throws UnavailableException {
        if (name.equals(PLAIN)) {
            checkSize(PlainContender.bytes(problem), memory);
            return new Present(PlainContender.of(problem), PLAIN, null);
        }
        Form form = MKL_SPARSE.get(name);
        if (form != null) {
            MklSparseContender.check(problem, form);
        }
        checkSize(form == null ? DenseContender.bytes(problem) : MklSparseContender.bytes(problem), memory);
        if (name.equals(OPENBLAS)) {
            OpenBlas blas = OpenBlas.load();
            blas.setThreads(threads);
            return new Present(new DenseContender(blas.cblas(), arena, problem), OPENBLAS, blas.describe());
        }
        Mkl mkl = Mkl.load(threads);
        Contender contender = form == null
                ? new DenseContender(mkl.cblas(), arena, problem)
                : MklSparseContender.of(mkl.sparse(), problem, form);
        return new Present(contender, MKL, mkl.describe());
    }

    /** What is known of the libraries of those peers that are there, by the library's name. */
    static Map<String, Environment.Library> libraries(List<String> names, int threads) {
        Map<String, Environment.Library> libraries = new LinkedHashMap<>();
        for (String name : names) {
            try {
                if (name.equals(OPENBLAS)) {
                    libraries.put(OPENBLAS, OpenBlas.load().describe());
                } else if (!name.equals(PLAIN)) {
                    libraries.put(MKL, Mkl.load(threads).describe());
                }
            } catch (UnavailableException e) {
                // Who measures beside it says so.
            }
        }
        return libraries;
    }

    private static void checkSize(long bytes, long memory) throws UnavailableException {
        if (bytes > memory) {
            throw new UnavailableException(
                    "its operands of " + SpmmBenchmark.mebibytes(bytes) + " do not fit this machine");
        }
    }
}
