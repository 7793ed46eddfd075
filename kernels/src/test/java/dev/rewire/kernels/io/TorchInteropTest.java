package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.prune.NmPruning;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Matrices that PyTorch converted: {@code w.dense} is what it was given, {@code w.packed} and {@code w.meta} what it made of it. */
class TorchInteropTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch-f16-32x64",
                "torch-f16-96x64",
                "torch-bf16-32x64",
                "torch-bf16-64x128",
                "torch-f32-32x16",
                "torch-f32-64x48"
            })
    void whatTorchCompressedIsTheMatrixThatItWasGiven(String fixture) throws IOException {
        try (KernelArena arena = KernelArena.open();
                Safetensors file = Safetensors.open(TorchFixture.file(fixture))) {
            SemiStructuredMatrix read = SemiStructuredTensors.read(arena, file, "w");
            assertDense(dense(file, read.type()), read);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"torch-f16-96x64", "torch-bf16-32x64", "torch-bf16-64x128", "torch-f32-32x16", "torch-f32-64x48"
            })
    void ourFilesForADeviceHoldTheSameMatrix(String fixture) throws IOException {
        Path ours = folder.resolve("ours.safetensors");
        try (KernelArena arena = KernelArena.open();
                Safetensors file = Safetensors.open(TorchFixture.file(fixture))) {
            SemiStructuredMatrix theirs = SemiStructuredTensors.read(arena, file, "w");
            DenseMatrix dense = dense(file, theirs.type());
            int n = theirs.pattern().n();
            int m = theirs.pattern().m();
            SemiStructuredMatrix matrix =
                    SemiStructuredMatrix.fromDense(arena, dense, NmPruning.magnitude(dense, n, m), theirs.type());
            SafetensorsWriter writer = new SafetensorsWriter();
            SemiStructuredTensors.addForDevice(writer, "w", matrix);
            writer.write(ours);
            try (Safetensors written = Safetensors.open(ours)) {
                assertDense(dense, SemiStructuredTensors.read(arena, written, "w"));
                assertEquals(
                        file.tensor("w.meta").dtype(), written.tensor("w.meta").dtype());
                assertEqualCodesOfFullGroups(theirs, matrix);
            }
        }
    }

    /** Where a group has all its nonzeros nothing is left to choose, so that both must have its places. */
    private static void assertEqualCodesOfFullGroups(SemiStructuredMatrix theirs, SemiStructuredMatrix ours) {
        NmPattern pattern = theirs.pattern();
        int n = pattern.n();
        int full = 0;
        for (int row = 0; row < pattern.rows(); row++) {
            for (int group = 0; group < pattern.groups(); group++) {
                boolean isFull = true;
                for (int k = 0; k < n; k++) {
                    isFull &= theirs.get(row, group * pattern.m() + pattern.index(row, group, k)) != 0;
                }
                for (int k = 0; isFull && k < n; k++) {
                    assertEquals(pattern.index(row, group, k), ours.pattern().index(row, group, k));
                }
                full += isFull ? 1 : 0;
            }
        }
        assertFalse(full < pattern.rows(), "the fixture tests nothing: " + full + " full groups");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch-f16-32x64",
                "torch-f16-96x64",
                "torch-bf16-32x64",
                "torch-bf16-64x128",
                "torch-f32-32x16",
                "torch-f32-64x48",
                "torch-i8-16x64",
                "torch-i8-48x128"
            })
    void metadataOfTorchComeBackBitForBit(String fixture) throws IOException {
        try (Safetensors file = Safetensors.open(TorchFixture.file(fixture))) {
            DeviceMetadata metadata = metadata(file);
            MemorySegment theirs = file.tensor("w.meta").data();
            MemorySegment ours = MemorySegment.ofArray(new byte[(int) theirs.byteSize()]);
            metadata.encode(metadata.decode(theirs), ours);
            assertEquals(-1, theirs.mismatch(ours));
            assertEquals(file.tensor("w.meta").dtype(), metadata.wordType());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"torch-i8-16x64", "torch-i8-48x128"})
    void bytesLieWhereTheirMetadataSay(String fixture) throws IOException {
        try (Safetensors file = Safetensors.open(TorchFixture.file(fixture))) {
            MemorySegment dense = file.tensor("w.dense").data();
            MemorySegment packed = file.tensor("w.packed").data();
            NmPattern pattern = metadata(file).decode(file.tensor("w.meta").data());
            byte[] unpacked = new byte[(int) dense.byteSize()];
            int next = 0;
            for (int row = 0; row < pattern.rows(); row++) {
                for (int group = 0; group < pattern.groups(); group++) {
                    for (int k = 0; k < pattern.n(); k++) {
                        int col = group * pattern.m() + pattern.index(row, group, k);
                        unpacked[row * pattern.cols() + col] = packed.get(ValueLayout.JAVA_BYTE, next++);
                    }
                }
            }
            assertEquals(-1, dense.mismatch(MemorySegment.ofArray(unpacked)));
        }
    }

    private static DeviceMetadata metadata(Safetensors file) {
        Safetensors.Tensor dense = file.tensor("w.dense");
        long[] shape = dense.shape();
        return DeviceMetadata.of(dense.dtype(), (int) shape[0], (int) shape[1], DeviceMetadata.Order.DEVICE);
    }

    private static DenseMatrix dense(Safetensors file, ValueType type) {
        Safetensors.Tensor tensor = file.tensor("w.dense");
        int rows = (int) tensor.shape()[0];
        int cols = (int) tensor.shape()[1];
        DenseMatrix dense = DenseMatrix.allocate(Arena.ofAuto(), rows, cols);
        for (int row = 0; row < rows; row++) {
            for (int col = 0; col < cols; col++) {
                dense.set(row, col, type.get(tensor.data(), (long) row * cols + col));
            }
        }
        return dense;
    }

    private static void assertDense(DenseMatrix expected, SemiStructuredMatrix matrix) {
        assertEquals(expected.rows(), matrix.pattern().rows());
        assertEquals(expected.cols(), matrix.pattern().cols());
        for (int row = 0; row < expected.rows(); row++) {
            for (int col = 0; col < expected.cols(); col++) {
                float value = matrix.get(row, col);
                assertEquals(expected.get(row, col), value, 0, row + ", " + col);
            }
        }
    }
}
