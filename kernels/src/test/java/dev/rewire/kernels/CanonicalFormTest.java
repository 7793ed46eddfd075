package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

class CanonicalFormTest {
    private TestMemory memory;

    @BeforeTry
    void open() {
        memory = TestMemory.open();
    }

    @AfterTry
    void free() {
        memory.close();
    }

    private SemiStructuredMatrix matrix(NmCase problem, ValueType type) {
        return SemiStructuredMatrix.fromDense(
                memory.kernels(), problem.smallIntegers(9).rowMajor(memory), problem.pattern(), type);
    }

    @Property(tries = 200)
    void meansTheSame(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        SemiStructuredMatrix matrix = matrix(problem, type);
        SemiStructuredMatrix canonical = matrix.canonical(memory.kernels());
        assertEquals(type, canonical.type());
        assertTrue(canonical.hasSameElements(matrix));
    }

    @Property(tries = 200)
    void isItsOwnCanonicalForm(@ForAll(supplier = NmCases.class) NmCase problem, @ForAll ValueType type) {
        SemiStructuredMatrix canonical = matrix(problem, type).canonical(memory.kernels());
        assertIdentical(canonical, canonical.canonical(memory.kernels()));
    }

    @Property(tries = 200)
    void keepsTheNonzerosAndTheLastZerosOfEachGroup(@ForAll(supplier = NmCases.class) NmCase problem) {
        SemiStructuredMatrix canonical = matrix(problem, ValueType.F32).canonical(memory.kernels());
        for (int row = 0; row < problem.rows(); row++) {
            for (int group = 0; group < problem.groups(); group++) {
                List<Integer> zeros = new ArrayList<>();
                List<Integer> expected = new ArrayList<>();
                for (int place = 0; place < problem.m(); place++) {
                    (canonical.get(row, group * problem.m() + place) == 0 ? zeros : expected).add(place);
                }
                int fillers = problem.n() - expected.size();
                expected.addAll(zeros.subList(zeros.size() - fillers, zeros.size()));
                Collections.sort(expected);
                List<Integer> actual = new ArrayList<>();
                for (int k = 0; k < problem.n(); k++) {
                    actual.add(canonical.pattern().index(row, group, k));
                }
                assertEquals(expected, actual);
            }
        }
    }

    /** Wherever a producer puts its zeros, and whatever their sign is. */
    @Property(tries = 200)
    void isTheSameForAllThatMeansTheSame(@ForAll(supplier = NmCases.class) NmCase problem) {
        SemiStructuredMatrix matrix = matrix(problem, ValueType.F32);
        SemiStructuredMatrix other = SemiStructuredMatrix.fromDense(
                memory.kernels(),
                Grid.of(problem.rows(), problem.cols(), (row, col) -> 0f - matrix.get(row, col))
                        .rowMajor(memory),
                withOtherZeros(matrix, problem.seed()),
                ValueType.F32);
        SemiStructuredMatrix negated = SemiStructuredMatrix.fromDense(
                memory.kernels(),
                Grid.of(problem.rows(), problem.cols(), (row, col) -> 0f - other.get(row, col))
                        .rowMajor(memory),
                other.pattern(),
                ValueType.F32);
        assertIdentical(matrix.canonical(memory.kernels()), negated.canonical(memory.kernels()));
    }

    @Example
    void oneNonzeroIsKeptBesideTheLastZero() {
        assertEquals("0 3", keptOf(5, 0, 0, 0));
        assertEquals("1 3", keptOf(0, 5, 0, 0));
        assertEquals("2 3", keptOf(0, 0, 5, 0));
        assertEquals("2 3", keptOf(0, 0, 0, 5));
    }

    @Example
    void ofNothingTheLastZerosAreKept() {
        assertEquals("2 3", keptOf(0, -0f, -0f, 0));
    }

    @Example
    void aNaNIsNoZero() {
        assertEquals("1 3", keptOf(0, Float.NaN, 0, 0));
    }

    /** The place of the nonzero and another that is not the canonical one, where there is one. */
    private String keptOf(float... group) {
        int nonzero = 0;
        for (int place = 0; place < 4; place++) {
            nonzero = group[place] != 0 ? place : nonzero;
        }
        int[] kept = nonzero == 0 ? new int[] {0, 1} : new int[] {0, nonzero};
        NmPattern pattern = SemiStructuredMatrix.fromDense(
                        memory.kernels(),
                        Grid.of(1, 4, (row, col) -> group[col]).rowMajor(memory),
                        NmPattern.of(1, 4, 2, 4, kept),
                        ValueType.F32)
                .canonical(memory.kernels())
                .pattern();
        return pattern.index(0, 0, 0) + " " + pattern.index(0, 0, 1);
    }

    private static NmPattern withOtherZeros(SemiStructuredMatrix matrix, long seed) {
        NmPattern pattern = matrix.pattern();
        Random random = new Random(seed);
        NmPatternBuilder builder = NmPattern.builder(pattern.rows(), pattern.cols(), pattern.n(), pattern.m());
        for (int row = 0; row < pattern.rows(); row++) {
            int[] masks = new int[pattern.groups()];
            for (int group = 0; group < pattern.groups(); group++) {
                List<Integer> zeros = new ArrayList<>();
                for (int place = 0; place < pattern.m(); place++) {
                    if (matrix.get(row, group * pattern.m() + place) == 0) {
                        zeros.add(place);
                    } else {
                        masks[group] |= 1 << place;
                    }
                }
                Collections.shuffle(zeros, random);
                for (int place : zeros.subList(0, pattern.n() - Integer.bitCount(masks[group]))) {
                    masks[group] |= 1 << place;
                }
            }
            builder.addRow(masks);
        }
        return builder.build();
    }

    private static void assertIdentical(SemiStructuredMatrix expected, SemiStructuredMatrix actual) {
        assertEquals(expected.pattern(), actual.pattern());
        assertEquals(-1, expected.values().mismatch(actual.values()));
    }
}
