package dev.rewire.kernels.internal.vector.ceiling;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LoopsTest {
    @AutoClose
    private final Arena arena = Arena.ofConfined();

    private static IntStream widths() {
        return Arrays.stream(Widths.all());
    }

    @ParameterizedTest
    @MethodSource("widths")
    void fusedMultiplyAddsCountTheirSteps(int bits) {
        MemorySegment result = arena.allocate(bits / Byte.SIZE, 64);
        FmaLoop.generate(bits, true).run(100, result.address());
        int starts = FmaLoop.SUMS * (FmaLoop.SUMS - 1) / 2;
        assertLanes(result, starts + 100 * FmaLoop.vectors(true));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void multiplicationsAndAdditionsConverge(int bits) {
        MemorySegment result = arena.allocate(bits / Byte.SIZE, 64);
        FmaLoop.generate(bits, false).run(100, result.address());
        assertLanes(result, 4 * FmaLoop.SUMS);
    }

    @ParameterizedTest
    @MethodSource("widths")
    void readingAddsUpEveryVectorInEveryRound(int bits) {
        assertSumOfAll(ReadLoop.generate(bits), bits, ReadLoop.turnBytes(bits));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void moreSumsThanRegistersAreStillRight(int bits) {
        for (int sums = 30; sums <= 40; sums++) {
            assertSumOfAll(ReadLoop.generate(bits, sums), bits, sums * bits / Byte.SIZE);
        }
    }

    private void assertSumOfAll(ReadLoop loop, int bits, int turnBytes) {
        int bytes = 5 * turnBytes;
        int lanes = bits / Integer.SIZE;
        int rounds = 3;
        MemorySegment memory = arena.allocate(bytes, 64);
        MemorySegment result = arena.allocate(bits / Byte.SIZE, 64);
        int[] expected = new int[lanes];
        for (int i = 0; i < bytes / Integer.BYTES; i++) {
            int value = 0x9e3779b9 * i;
            memory.setAtIndex(ValueLayout.JAVA_INT, i, value);
            expected[i % lanes] += rounds * value;
        }
        loop.run(memory.address(), memory.address() + bytes, rounds, result.address());
        assertEquals(Arrays.toString(expected), Arrays.toString(result.toArray(ValueLayout.JAVA_INT)));
    }

    @ParameterizedTest
    @MethodSource("widths")
    void theTriadReachesEveryElement(int bits) {
        int bytes = 5 * TriadLoop.turnBytes(bits);
        MemorySegment a = arena.allocate(bytes, 64);
        MemorySegment b = arena.allocate(bytes, 64);
        MemorySegment c = arena.allocate(bytes, 64);
        for (int i = 0; i < bytes / Float.BYTES; i++) {
            b.setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
            c.setAtIndex(ValueLayout.JAVA_FLOAT, i, 2 * i + 1);
        }
        TriadLoop.generate(bits).run(b.address(), b.address() + bytes, a.address(), c.address());
        for (int i = 0; i < bytes / Float.BYTES; i++) {
            assertEquals(2 * i + 0.5f, a.getAtIndex(ValueLayout.JAVA_FLOAT, i));
        }
    }

    private static void assertLanes(MemorySegment result, float expected) {
        float[] lanes = result.toArray(ValueLayout.JAVA_FLOAT);
        float[] all = new float[lanes.length];
        Arrays.fill(all, expected);
        assertEquals(Arrays.toString(all), Arrays.toString(lanes));
    }
}
