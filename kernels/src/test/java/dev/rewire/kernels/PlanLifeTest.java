package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a plan's scratch lives. */
class PlanLifeTest {
    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(2);
    private final BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, BlockPattern.full(64, 64, 8, 8));

    @AfterEach
    void free() {
        arena.close();
        workers.close();
    }

    private SpmmPlan product(int batch) {
        return SpmmPlan.forward(arena, w, batch, Layout.ROW_MAJOR, Epilogue.NONE, workers);
    }

    private SddmmPlan gradient(int batch) {
        return SddmmPlan.backwardWeight(arena, w, batch, Layout.ROW_MAJOR, false, workers);
    }

    private DenseMatrix dense(int rows) {
        return DenseMatrix.allocate(arena, rows, 64);
    }

    @Test
    void aClosedProductRefusesToRun() {
        SpmmPlan plan = product(5);
        plan.close();
        Refusal.ofState("plan: closed", () -> plan.run(dense(5), dense(5)));
        Refusal.ofState("plan: closed", plan::replan);
    }

    @Test
    void aClosedGradientRefusesToRun() {
        SddmmPlan plan = gradient(5);
        plan.close();
        Refusal.ofState("plan: closed", () -> plan.run(dense(5), dense(5)));
        Refusal.ofState("plan: closed", plan::replan);
    }

    @Test
    void closingTwiceDoesNothing() {
        SpmmPlan product = product(5);
        product.close();
        product.close();
        SddmmPlan gradient = gradient(5);
        gradient.close();
        gradient.close();
        product(5).run(dense(5), dense(5));
    }

    @Test
    void closingAfterItsArenaDoesNothing() {
        KernelArena mine = KernelArena.open();
        SpmmPlan product = SpmmPlan.forward(mine, w, 5, Layout.ROW_MAJOR, Epilogue.NONE, workers);
        SddmmPlan gradient = SddmmPlan.backwardWeight(mine, w, 5, Layout.ROW_MAJOR, false, workers);
        mine.close();
        product.close();
        gradient.close();
        Refusal.ofState("plan: ", () -> product.run(dense(5), dense(5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "arena"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "memory is read from /proc")
    void plansLeaveNothing(String closed) {
        List<String> flags =
                List.of("-Xmx64m", "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED");
        Fork fork = Fork.run(flags, ManyPlans.class, closed);
        assertEquals(0, fork.exit(), fork.err());
        long grown = Long.parseLong(fork.out().strip());
        assertTrue(grown < 400L << 20, () -> grown + " bytes more than before, of 1.4 GiB that were allocated");
    }

    /** Makes 400 plans with 3.6 MiB of scratch each, and closes them or the arenas of some. */
    static final class ManyPlans {
        /** Seven panels do not divide among two workers, so that all of X is packed at once. */
        private static final int BATCH = 7 * 64;

        private ManyPlans() {}

        public static void main(String[] arguments) throws IOException {
            boolean closesPlans = arguments[0].equals("plan");
            KernelArena whole = KernelArena.open();
            Workers workers = Workers.of(2);
            BlockSparseMatrix w = BlockSparseMatrix.allocate(whole, BlockPattern.full(64, 2048, 8, 8));
            long before = residentBytes();
            for (int i = 0; i < 40; i++) {
                KernelArena some = closesPlans ? whole : KernelArena.open();
                for (int j = 0; j < 10; j++) {
                    SpmmPlan plan = SpmmPlan.forward(some, w, BATCH, Layout.ROW_MAJOR, Epilogue.NONE, workers);
                    if (closesPlans) {
                        plan.close();
                    }
                }
                if (!closesPlans) {
                    some.close();
                }
            }
            System.out.println(residentBytes() - before);
        }

        private static long residentBytes() throws IOException {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ", 3);
            return Long.parseLong(pages[1]) * 4096;
        }
    }
}
