package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the guard of {@link GuardedArena} guards. */
class GuardTest {
    @BeforeEach
    void needsLinux() {
        assumeTrue(GuardedArena.isSupported(), "guarded pages need Linux");
    }

    @ParameterizedTest
    @CsvSource({"END, 4096", "END, 20", "START, 4096", "START, 20"})
    void aByteOutsideKillsTheProcess(String side, String byteSize) {
        Fork fork = touch(side, byteSize, "outside");
        assertNotEquals(0, fork.exit());
        assertEquals("inside\n", fork.out());
    }

    @ParameterizedTest
    @CsvSource({"END, 4100", "START, 4100"})
    void theBytesInsideDoNot(String side, String byteSize) {
        Fork fork = touch(side, byteSize, "inside");
        assertEquals(0, fork.exit(), fork::err);
    }

    @Test
    void aByteWrittenIntoTheSlackIsFoundOut() {
        GuardedArena arena = new GuardedArena(GuardedArena.Side.END);
        MemorySegment segment = arena.allocate(20, 64);
        unchecked(segment.address() + 20, 1).set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
        assertThrows(AssertionError.class, arena::close);
    }

    @Test
    void allocationsAreAligned() {
        try (GuardedArena arena = new GuardedArena(GuardedArena.Side.END)) {
            assertEquals(0, arena.allocate(20, 64).address() % 64);
        }
    }

    private static Fork touch(String... arguments) {
        // No core file and no report: this crash is wanted.
        List<String> flags = List.of(
                "--enable-native-access=ALL-UNNAMED", "-XX:-CreateCoredumpOnCrash", "-XX:+SuppressFatalErrorMessage");
        return Fork.run(flags, Toucher.class, arguments);
    }

    @SuppressWarnings("restricted")
    private static MemorySegment unchecked(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }

    /** Reads the first and the last byte of an allocation, says so, and then reads a byte beside it if asked to. */
    static final class Toucher {
        private Toucher() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            GuardedArena.Side side = GuardedArena.Side.valueOf(arguments[0]);
            long byteSize = Long.parseLong(arguments[1]);
            long address = new GuardedArena(side).allocate(byteSize, 1).address();
            int sum = byteAt(address) + byteAt(address + byteSize - 1);
            System.out.print("inside\n");
            System.out.flush();
            if (arguments[2].equals("outside")) {
                sum += byteAt(side == GuardedArena.Side.END ? address + byteSize : address - 1);
                System.out.print("outside " + sum + "\n");
            }
        }

        private static byte byteAt(long address) {
            return unchecked(address, 1).get(ValueLayout.JAVA_BYTE, 0);
        }
    }
}
