package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.arrays.BsrArrays;
import dev.rewire.kernels.arrays.CsrArrays;
import dev.rewire.kernels.io.Npz;
import dev.rewire.kernels.io.Safetensors;
import dev.rewire.kernels.io.SparseTensors;
import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.model.Presets;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rewire export}. */
class ExportCommandTest {
    @TempDir
    private Path folder;

    private DataSplit images;

    @BeforeEach
    void readData() throws IOException {
        images = ImageSource.of(TinyData.writeTo(folder.resolve("data")).toString())
                .load(TinyData.CLASSES, line -> {})
                .split();
    }

    @Test
    void sparseWeightsComeBackFromSafetensors() throws IOException {
        Path checkpoint = save(TinyData.config(Method.SET).build());
        Path file = export(checkpoint, "all.safetensors");
        try (KernelArena arena = KernelArena.open();
                Safetensors all = Safetensors.open(file)) {
            SparseMatrix weights = SparseTensors.read(arena, all, "linear1.weight");
            assertArrayEquals(weights(checkpoint, "linear1.weight"), rows(arena, weights));
        }
    }

    @Test
    void denseWeightsAreOneTensorWithTheirZeros() throws IOException {
        Path checkpoint = save(TinyData.config(Method.SET).block(4, 4).build());
        Path file = export(checkpoint, "all.safetensors", "--dense");
        try (KernelArena arena = KernelArena.open();
                Safetensors all = Safetensors.open(file)) {
            assertArrayEquals(
                    weights(checkpoint, "linear1.weight"),
                    all.tensor("linear1.weight").toDense(arena).toRows());
        }
    }

    @Test
    void biasesAreVectors() throws IOException {
        Path file = export(save(TinyData.config(Method.SET).build()), "all.safetensors");
        try (Safetensors all = Safetensors.open(file)) {
            assertArrayEquals(new long[] {24}, all.tensor("linear1.bias").shape());
        }
    }

    /** As PyTorch has a kernel: outputs, channels, rows, columns; ours is channel by channel at a place of it. */
    @Test
    void aKernelHasItsChannelsFirst() throws IOException {
        Path checkpoint =
                save(TinyData.config(Method.SET).model(Presets.parse("resnet8")).build());
        String name = "stage1block1.conv1.weight";
        Path file = export(checkpoint, "all.safetensors", "--dense", "--parameter", name);
        float[][] ours = weights(checkpoint, name);
        try (Safetensors all = Safetensors.open(file)) {
            Safetensors.Tensor tensor = all.tensor(name);
            assertArrayEquals(new long[] {16, 16, 3, 3}, tensor.shape());
            for (int at = 0; at < 16 * 16 * 9; at++) {
                assertEquals(
                        ours[at / (16 * 9)][at % 9 * 16 + at / 9 % 16],
                        tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at),
                        "element " + at);
            }
        }
    }

    @Test
    void whatNormalisationKeepsIsThere() throws IOException {
        Path checkpoint =
                save(TinyData.config(Method.SET).model(Presets.parse("resnet8")).build());
        try (Safetensors all = Safetensors.open(export(checkpoint, "all.safetensors"))) {
            long means = all.names().stream()
                    .filter(name -> name.endsWith(".running_mean"))
                    .count();
            long variances = all.names().stream()
                    .filter(name -> name.endsWith(".running_var"))
                    .count();
            assertTrue(means > 0 && means == variances, all.names().toString());
        }
    }

    @Test
    void singleWeightsAreCsrForScipy() throws IOException {
        Path checkpoint = save(TinyData.config(Method.SET).build());
        Path file = export(checkpoint, "w.npz", "--parameter", "linear1.weight");
        try (KernelArena arena = KernelArena.open()) {
            CsrArrays csr = (CsrArrays) Npz.read(file);
            assertArrayEquals(weights(checkpoint, "linear1.weight"), rows(arena, csr.toBlocks(arena, 1, 1)));
        }
    }

    @Test
    void blocksAreBsrForScipy() throws IOException {
        Path checkpoint = save(TinyData.config(Method.SET).block(4, 4).build());
        Path file = export(checkpoint, "w.npz", "--parameter", "linear1.weight");
        try (KernelArena arena = KernelArena.open()) {
            BsrArrays bsr = (BsrArrays) Npz.read(file);
            assertArrayEquals(weights(checkpoint, "linear1.weight"), rows(arena, bsr.toBlocks(arena, 4, 4)));
        }
    }

    @Test
    void scipysFileWantsToKnowWhichWeights() throws IOException {
        assertRefused("w.npz", "--parameter: none is given", "linear1.weight, linear2.weight");
    }

    @Test
    void weightsThatThereAreNotAreRefused() throws IOException {
        assertRefused(
                "w.npz", "--parameter: linear9 is none of the network's", "linear1.weight", "--parameter", "linear9");
    }

    @Test
    void anotherEndingIsRefused() throws IOException {
        assertRefused("w.pt", "is of no format", "names that end in .safetensors or .npz");
    }

    @Test
    void aSparseFileOfDenseWeightsIsRefused() throws IOException {
        assertRefused("w.npz", "--dense: ", "it with .safetensors", "--dense");
    }

    private void assertRefused(String name, String fault, String accepted, String... options) throws IOException {
        Path file = folder.resolve(name);
        CommandResult result = run(save(TinyData.config(Method.SET).build()), file, options);
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains(fault) && result.err().contains(accepted), result.err());
        assertFalse(Files.exists(file), "something was written");
    }

    private Path export(Path checkpoint, String name, String... options) {
        Path file = folder.resolve(name);
        CommandResult result = run(checkpoint, file, options);
        assertEquals(0, result.status(), result.err());
        return file;
    }

    private static CommandResult run(Path checkpoint, Path file, String... options) {
        String[] args = new String[3 + options.length];
        args[0] = "export";
        args[1] = checkpoint.toString();
        args[2] = file.toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return CommandResult.of(args);
    }

    private Path save(TrainingConfig config) throws IOException {
        Path file = folder.resolve("run.rewire");
        try (TrainingRun run = TrainingRun.create(config, images)) {
            run.step();
            run.save(file);
        }
        return file;
    }

    private static float[][] weights(Path checkpoint, String name) throws IOException {
        try (KernelArena arena = KernelArena.open();
                TrainedNetwork network = TrainedNetwork.open(checkpoint, 1)) {
            for (NamedParameter named : network.parameters()) {
                if (named.name().equals(name) && named.parameter() instanceof BlockParameter blocks) {
                    return rows(arena, blocks.values());
                }
            }
        }
        throw new AssertionError("no weights " + name);
    }

    private static float[][] rows(KernelArena arena, SparseMatrix matrix) {
        DenseMatrix all = DenseMatrix.allocate(arena, matrix.rows(), matrix.cols());
        matrix.toDense(all);
        return all.toRows();
    }
}
