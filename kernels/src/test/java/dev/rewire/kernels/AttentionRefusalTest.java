package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What attention refuses, and with which words. */
class AttentionRefusalTest {
    private static final int SEQUENCES = 3;
    private static final AttentionShape SHAPE = new AttentionShape(20, 2, 8, true);

    private final KernelArena arena = KernelArena.open();
    private final Workers workers = Workers.of(1);
    private final PanelMatrix qkv = panels(SHAPE.rows(SEQUENCES), 48);
    private final PanelMatrix y = panels(SHAPE.rows(SEQUENCES), 16);
    private final PanelMatrix dqkv = panels(SHAPE.rows(SEQUENCES), 48);

    @AfterEach
    void free() {
        arena.close();
        workers.close();
    }

    private PanelMatrix panels(int rows, int cols) {
        return PanelMatrix.allocate(arena, rows, cols, 64);
    }

    private AttentionPlan forward() {
        return AttentionPlan.forward(arena, SHAPE, SEQUENCES, workers);
    }

    private AttentionGradient backward() {
        return AttentionGradient.prepare(arena, SHAPE, SEQUENCES, workers);
    }

    @Test
    void noTokens() {
        Refusal.ofArgument("length: 0 is out of range", () -> new AttentionShape(0, 1, 1, true));
    }

    @Test
    void noHeads() {
        Refusal.ofArgument("heads: 0 is out of range", () -> new AttentionShape(1, 0, 1, true));
    }

    @Test
    void noFeatures() {
        Refusal.ofArgument("headSize: -1 is out of range", () -> new AttentionShape(1, 1, -1, true));
    }

    @Test
    void moreFeaturesThanPanelsHold() {
        Refusal.ofArgument("heads: 100000 of 1000 features", () -> new AttentionShape(1, 100_000, 1000, true));
    }

    @Test
    void aTokenBehindTheLast() {
        Refusal.ofArgument("token: 20 is out of range", () -> SHAPE.row(0, 20));
    }

    @Test
    void moreSequencesThanAMatrixHas() {
        Refusal.ofArgument("sequences: 100000000 is out of range", () -> SHAPE.rows(100_000_000));
    }

    @Test
    void aPlanOfNoSequences() {
        Refusal.ofArgument("sequences: 0 is out of range", () -> AttentionPlan.forward(arena, SHAPE, 0, workers));
        Refusal.ofArgument("sequences: 0 is out of range", () -> AttentionGradient.prepare(arena, SHAPE, 0, workers));
    }

    @Test
    void moreSequencesThanPlanned() {
        PanelMatrix many = panels(SHAPE.rows(SEQUENCES + 1), 48);
        Refusal.ofArgument("qkv.rows: 128 is out of range", () -> forward().run(many, y));
        Refusal.ofArgument("qkv.rows: 128 is out of range", () -> backward().run(many, y, dqkv));
    }

    @Test
    void aPartOfASequence() {
        PanelMatrix part = panels(33, 48);
        Refusal.ofArgument(
                "qkv.rows: 33 does not fit; accepted are multiples of 32",
                () -> forward().run(part, y));
    }

    @Test
    void outputsOfFewerSequencesThanInputs() {
        PanelMatrix few = panels(32, 16);
        PanelMatrix fewInputs = panels(32, 48);
        Refusal.ofArgument(
                "y.rows: 32 does not fit; expected 96", () -> forward().run(qkv, few));
        Refusal.ofArgument(
                "dy.rows: 32 does not fit; expected 96", () -> backward().run(qkv, few, dqkv));
        Refusal.ofArgument(
                "dqkv.rows: 32 does not fit; expected 96", () -> backward().run(qkv, y, fewInputs));
    }

    @Test
    void otherFeatures() {
        Refusal.ofArgument(
                "qkv.cols: 16 does not fit; expected 48", () -> forward().run(y, y));
        Refusal.ofArgument(
                "y.cols: 48 does not fit; expected 16", () -> forward().run(qkv, dqkv));
        Refusal.ofArgument(
                "dy.cols: 48 does not fit; expected 16", () -> backward().run(qkv, qkv, dqkv));
        Refusal.ofArgument(
                "dqkv.cols: 16 does not fit; expected 48", () -> backward().run(qkv, y, y));
    }

    @Test
    void panelsOfOtherLanes() {
        PanelMatrix narrow = PanelMatrix.allocate(arena, 32, 48);
        Refusal.ofArgument(
                "qkv.lanes: 32 does not fit; expected 64", () -> forward().run(narrow, y));
    }

    @Test
    void aGradientInThePlaceOfTheInput() {
        Refusal.ofArgument("dqkv: shares memory with qkv", () -> backward().run(qkv, y, qkv));
    }

    @Test
    void anOutputInsideOfTheInput() {
        PanelMatrix within = qkv.features(0, 16);
        Refusal.ofArgument("y: shares memory with qkv", () -> forward().run(qkv, within));
    }

    @Test
    void aGradientInThePlaceOfTheOutputs() {
        PanelMatrix within = dqkv.features(0, 16);
        Refusal.ofArgument("dqkv: shares memory with dy", () -> backward().run(qkv, within, dqkv));
    }

    @Test
    void closedPlans() {
        AttentionPlan forward = forward();
        AttentionGradient backward = backward();
        forward.close();
        forward.close();
        backward.close();
        backward.close();
        Refusal.ofState("plan: closed", () -> forward.run(qkv, y));
        Refusal.ofState("plan: closed", () -> backward.run(qkv, y, dqkv));
    }

    @Test
    void operandsWhoseArenaIsClosed() {
        KernelArena other = KernelArena.open();
        PanelMatrix lost = PanelMatrix.allocate(other, SHAPE.rows(SEQUENCES), 16);
        other.close();
        Refusal.ofState("y: its arena is closed", () -> forward().run(qkv, lost));
        Refusal.ofState("dy: its arena is closed", () -> backward().run(qkv, lost, dqkv));
    }

    @Test
    void plansOfAClosedArena() {
        AttentionPlan forward;
        AttentionGradient backward;
        try (KernelArena other = KernelArena.open()) {
            forward = AttentionPlan.forward(other, SHAPE, SEQUENCES, workers);
            backward = AttentionGradient.prepare(other, SHAPE, SEQUENCES, workers);
        }
        Refusal.ofState("plan: its arena is closed", () -> forward.run(qkv, y));
        Refusal.ofState("plan: its arena is closed", () -> backward.run(qkv, y, dqkv));
    }

    @Test
    void closedWorkers() {
        Workers gone = Workers.of(1);
        AttentionPlan plan = AttentionPlan.forward(arena, SHAPE, SEQUENCES, gone);
        gone.close();
        Refusal.ofState("workers: closed", () -> plan.run(qkv, y));
    }

    @Test
    void noSequencesAreNoWork() {
        PanelMatrix none = panels(0, 48);
        forward().run(none, panels(0, 16));
        backward().run(none, panels(0, 16), panels(0, 48));
    }

    @Test
    void plansSayWhatTheyDo() {
        String text = forward().toString();
        assertEquals(
                "causal attention over 20 tokens, 2 heads of 8, 3 sequences, ",
                text.substring(0, text.indexOf(Provider.active().name())));
        assertEquals("gradient of " + text, backward().toString());
    }
}
