package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rewire.kernels.arrays.BsrArrays;
import dev.rewire.kernels.arrays.CooArrays;
import dev.rewire.kernels.arrays.CscArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.io.SafetensorsWriter;
import dev.rewire.kernels.io.SparseFile;
import dev.rewire.kernels.panel.AveragePooling;
import dev.rewire.kernels.panel.BatchNorm;
import dev.rewire.kernels.panel.LayerNorm;
import dev.rewire.kernels.panel.MaxPooling;
import dev.rewire.kernels.probe.Capabilities;
import dev.rewire.kernels.probe.Cpu;
import dev.rewire.kernels.probe.Jvm;
import dev.rewire.kernels.probe.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every public type of which there are objects says what it is: in a log or a debugger {@code Workers@4459eb14} helps nobody. */
class PublicTypesTest {
    private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]{4,}|\\[[A-Z]@");

    @Test
    void eachSaysWhatItIs(@TempDir Path folder) throws IOException {
        float[] values = {1, 2};
        int[] places = {0, 1};
        try (KernelArena arena = KernelArena.open();
                Workers workers = Workers.of(1)) {
            BlockPattern blocks = BlockPattern.full(8, 8, 4, 4);
            NmPattern nm = NmPattern.random(8, 8, 2, 4, 1, new SplittableRandom(1));
            BlockSparseMatrix w = BlockSparseMatrix.allocate(arena, blocks);
            PanelMatrix panels = PanelMatrix.allocate(arena, 3, 8);
            DenseMatrix dense = DenseMatrix.allocate(arena, 1, 8);
            AttentionShape attention = new AttentionShape(5, 2, 4, true);
            ConvShape pointwise = ConvShape.of(new FeatureMap(2, 2, 8, 0), 8, 1, 1, 1, 0, 0);
            Path file = Files.writeString(folder.resolve("a.smtx"), "1, 2, 1\n0 1\n1\n");
            List<Object> all = List.of(
                    arena,
                    workers,
                    blocks,
                    nm,
                    NmPattern.builder(8, 8, 2, 4),
                    w,
                    SemiStructuredMatrix.allocate(arena, nm),
                    panels,
                    dense,
                    Epilogue.NONE.withBias(dense),
                    SpmmPlan.forward(arena, w, 3, Layout.PANELS, Epilogue.NONE, workers),
                    SddmmPlan.backwardWeight(arena, w, 3, Layout.PANELS, false, workers),
                    DenseGradient.prepare(arena, blocks, 3, workers),
                    ConvPlan.forward(arena, w, pointwise, 3, Epilogue.NONE, workers),
                    ConvGradient.prepare(arena, w, pointwise, 3, false, workers),
                    attention,
                    AttentionPlan.forward(arena, attention, 1, workers),
                    AttentionGradient.prepare(arena, attention, 1, workers),
                    BatchNorm.prepare(pointwise.input(), 1e-5f, 0.1f, workers),
                    LayerNorm.prepare(8, 3, 1e-5f, workers),
                    MaxPooling.of(pointwise.input(), 2, 2, 1, 0, 0, workers),
                    AveragePooling.global(pointwise.input(), workers),
                    new Updates.Adam(0.9f, 0.999f, 1e-8f, 0, 0),
                    Provider.active(),
                    new CsrArrays(1, 2, new int[] {0, 2}, places, values),
                    new CscArrays(1, 2, new int[] {0, 1, 2}, new int[] {0, 0}, values),
                    new CooArrays(1, 2, new int[] {0, 0}, places, values),
                    new BsrArrays(1, 2, 1, 1, new int[] {0, 2}, places, values),
                    SparseFile.read(file),
                    new SafetensorsWriter(),
                    Capabilities.current(),
                    Cpu.current(),
                    Jvm.current(),
                    Provenance.now("a test", List.of()));
            for (Object each : all) {
                String text = each.toString();
                assertFalse(text.isBlank() || IDENTITY.matcher(text).find(), () -> each.getClass() + ": " + text);
            }
        }
    }

    @Test
    void closedOnesSayThatTheyAre() {
        KernelArena arena = KernelArena.open();
        arena.close();
        Workers workers = Workers.of(2);
        workers.close();
        assertEquals("KernelArena, closed", arena.toString());
        assertEquals("Workers: 2 threads, closed", workers.toString());
    }
}
