package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.rewire.bench.MklSparse.Dense;
import dev.rewire.gpu.internal.library.UnavailableException;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Layout;
import dev.rewire.kernels.ValueType;
import dev.rewire.training.setting.Device;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MKL where it is: on the system, or where {@code -Drewire.mkl} or {@code -Drewire.peers.mkl} say. Nothing is fetched. */
class MklTest {
    @ParameterizedTest
    @CsvSource({
        "mkl, forward",
        "mkl, backward_input",
        "mkl, backward_weight",
        "mkl-csr, forward",
        "mkl-csr, backward_input",
        "mkl-bsr, forward",
        "mkl-bsr, backward_input",
        "mkl-csr-plain, forward",
        "mkl-csr-plain, backward_input",
        "mkl-bsr-plain, forward",
        "mkl-bsr-plain, backward_input"
    })
    void computesTheProduct(String peer, String product) throws UnavailableException {
        available();
        try (KernelArena arena = KernelArena.open()) {
            SpmmProblem problem = problem(arena, Product.valueOf(product.toUpperCase(Locale.ROOT)), 48, 32, 8, 8);
            try (Contender contender =
                    Peers.prepare(peer, problem, arena, 1, Long.MAX_VALUE).contender()) {
                contender.run();
                double error = ErrorBound.worst(problem, contender, Peers.isDense(peer), 1);
                assertTrue(error > 0 && error <= 1, "off by " + error + " times the bound");
            }
        }
    }

    @Test
    void multipliesTheSparseMatrixWithOperandsInEitherLayout() throws UnavailableException {
        MklSparse mkl = available().sparse();
        try (KernelArena arena = KernelArena.open()) {
            SpmmProblem problem = problem(arena, Product.FORWARD, 48, 32, 8, 8);
            for (Dense layout : Dense.values()) {
                try (Contender contender =
                        MklSparseContender.of(mkl, problem, MklSparseContender.Form.BSR, List.of(layout))) {
                    contender.run();
                    assertTrue(ErrorBound.worst(problem, contender, false, 1) <= 1, layout.toString());
                }
            }
        }
    }

    @Test
    void csrTakesBlocksThatReachOverTheEdge() throws UnavailableException {
        available();
        try (KernelArena arena = KernelArena.open()) {
            SpmmProblem problem = problem(arena, Product.FORWARD, 50, 33, 4, 8);
            try (Contender contender =
                    Peers.prepare("mkl-csr", problem, arena, 1, Long.MAX_VALUE).contender()) {
                contender.run();
                assertTrue(ErrorBound.worst(problem, contender, false, 1) <= 1);
            }
        }
    }

    @Test
    void describesItself() throws UnavailableException {
        Environment.Library library = available().describe();
        assertTrue(library.version().matches("\\d+\\.\\d+\\.\\d+"), library.version());
        assertTrue(library.config().startsWith("MKL " + library.version() + ", build "), library.config());
        assertFalse(library.core().isEmpty());
        assertTrue(Path.of(library.path()).isAbsolute(), library.path());
    }

    @Test
    void refusesDenseOperandsThatAreTooShort() throws UnavailableException {
        MklSparse mkl = available().sparse();
        try (KernelArena arena = KernelArena.open()) {
            SpmmProblem problem = problem(arena, Product.FORWARD, 8, 8, 8, 8);
            try (MklSparse.Matrix matrix = mkl.matrix(MklOperand.csr(arena, problem.w(), false))) {
                MemorySegment enough = arena.allocate(4 * 8 * 3);
                MemorySegment few = arena.allocate(4 * 8 * 3 - 4);
                assertThrows(IllegalArgumentException.class, () -> matrix.multiply(Dense.ROWS, few, 3, enough));
                assertThrows(IllegalArgumentException.class, () -> matrix.multiply(Dense.ROWS, enough, 3, few));
            }
        }
    }

    @Test
    void namesTheFunctionAndTheStatusThatFailed() throws UnavailableException {
        MklSparse mkl = available().sparse();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment none = arena.allocate(8);
            UnavailableException refusal = assertThrows(
                    UnavailableException.class, () -> mkl.matrix(new MklOperand(-1, 1, 0, none, none, none)));
            assertEquals("mkl_sparse_s_create_csr: invalid value (3)", refusal.reason());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "mkl-csr, BACKWARD_WEIGHT, 16, 8, 8, MKL has no SDDMM",
        "mkl-bsr, BACKWARD_WEIGHT, 16, 8, 8, MKL has no SDDMM",
        "mkl-bsr, FORWARD, 16, 8, 4, 'MKL''s BSR has square blocks only, and these are 8x4'",
        "mkl-bsr-plain, FORWARD, 17, 8, 8, 'MKL''s BSR has whole blocks only, and 8x8 do not divide 17×16'"
    })
    void saysWhatNoMklComputes(String peer, Product product, int rows, int height, int width, String reason) {
        try (KernelArena arena = KernelArena.open()) {
            SpmmProblem problem = problem(arena, product, rows, 16, height, width);
            assertReason(reason, () -> Peers.prepare(peer, problem, arena, 1, Long.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkl", "mkl-csr"})
    void staysOutWhereItsOperandsDoNotFit(String peer) {
        try (KernelArena arena = KernelArena.open()) {
            SpmmProblem problem = problem(arena, Product.FORWARD, 16, 16, 8, 8);
            assertReason(
                    "its operands of 1 MiB do not fit this machine", () -> Peers.prepare(peer, problem, arena, 1, 9));
        }
    }

    @Test
    void saysWhyAPathDoesNotLoad(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("libmkl_rt.so.2");
        Files.writeString(file, "no library");
        UnavailableException refusal =
                assertThrows(UnavailableException.class, () -> MklSearch.load(file.toString(), ""));
        assertTrue(refusal.reason().contains(file.toString()), refusal.reason());
    }

    @Test
    void saysHowToGetItWhereItIsNowhere(@TempDir Path folder) {
        try {
            MklSearch.load("", folder.toString());
            abort("this system has its own MKL");
        } catch (UnavailableException e) {
            assertTrue(e.reason().contains("fetche"), e.reason());
        }
    }

    private interface Preparation {
        Object prepare() throws UnavailableException;
    }

    private static void assertReason(String reason, Preparation preparation) {
        UnavailableException refusal = assertThrows(UnavailableException.class, preparation::prepare);
        assertEquals(reason, refusal.reason());
    }

    private static Mkl available() {
        try {
            return Mkl.load(1);
        } catch (UnavailableException e) {
            return abort(e.reason());
        }
    }

    private static SpmmProblem problem(KernelArena arena, Product product, int rows, int cols, int height, int width) {
        SpmmSettings settings =
                new SpmmSettings(product, 21, Device.CPU, Layout.ROW_MAJOR, ValueType.F32, 1, 1, 3, List.of());
        return SpmmProblem.draw(arena, SparseInput.generated(rows, cols, height, width, 0.5, 3), settings);
    }
}
