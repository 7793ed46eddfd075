package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class NmPatternBuilderTest {
    @Property(tries = 200)
    void masksGiveThePatternOfTheirIndices(@ForAll(supplier = NmCases.class) NmCase problem) {
        NmPattern expected = problem.pattern();
        NmPatternBuilder builder = NmPattern.builder(problem.rows(), problem.cols(), problem.n(), problem.m());
        for (int row = 0; row < problem.rows(); row++) {
            int[] masks = new int[problem.groups()];
            for (int group = 0; group < problem.groups(); group++) {
                for (int k = 0; k < problem.n(); k++) {
                    masks[group] |= 1 << expected.index(row, group, k);
                }
            }
            builder.addRow(masks);
        }
        assertEquals(expected, builder.build());
    }

    @Example
    void refusesAMaskWithTooFewPlaces() {
        Refusal.ofArgument("mask of row 0, group 1: 0b100 ", () -> builder().addRow(new int[] {0b11, 0b100}));
    }

    @Example
    void refusesAMaskWithTooManyPlaces() {
        Refusal.ofArgument("mask of row 0, group 0: 0b111 ", () -> builder().addRow(new int[] {0b111, 0b11}));
    }

    @Example
    void refusesAPlaceBehindTheGroup() {
        NmPatternBuilder builder = builder().addRow(new int[] {0b11, 0b11});
        Refusal.ofArgument("mask of row 1, group 0: 0b10001 ", () -> builder.addRow(new int[] {0b10001, 0b11}));
    }

    @Example
    void refusesTooManyGroups() {
        Refusal.ofArgument("masks.length: 3 ", () -> builder().addRow(new int[] {0b11, 0b11, 0b11}));
    }

    @Example
    void aRefusedRowIsNotAdded() {
        NmPatternBuilder builder = builder().addRow(new int[] {0b11, 0b101});
        Refusal.ofArgument("mask of row 1", () -> builder.addRow(new int[] {0b1100, 0}));
        assertEquals(
                NmPattern.of(2, 8, 2, 4, new int[] {0, 1, 0, 2, 1, 2, 1, 3}),
                builder.addRow(new int[] {0b110, 0b1010}).build());
    }

    @Example
    void refusesARowTooMany() {
        int[] masks = {0b11, 0b11};
        NmPatternBuilder builder = builder().addRow(masks).addRow(masks);
        Refusal.ofState("rows: all 2 are added already", () -> builder.addRow(masks));
    }

    @Example
    void refusesToBuildWhileRowsAreMissing() {
        Refusal.ofState(
                "rows: 1 are added; the pattern has 2",
                () -> builder().addRow(new int[] {0b11, 0b11}).build());
    }

    private static NmPatternBuilder builder() {
        return NmPattern.builder(2, 8, 2, 4);
    }
}
