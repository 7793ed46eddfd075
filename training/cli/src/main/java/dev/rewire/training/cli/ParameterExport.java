package dev.rewire.training.cli;

import dev.rewire.kernels.BlockSparseMatrix;
import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.SparseMatrix;
import dev.rewire.kernels.ValueType;
import dev.rewire.kernels.arrays.SparseArrays;
import dev.rewire.kernels.io.DType;
import dev.rewire.kernels.io.Npz;
import dev.rewire.kernels.io.SafetensorsWriter;
import dev.rewire.kernels.io.SparseTensors;
import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.parameter.BlockParameter;
import dev.rewire.training.parameter.DenseParameter;
import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.MaskedParameter;
import dev.rewire.training.parameter.NamedParameter;
import dev.rewire.training.parameter.NmParameter;
import dev.rewire.training.parameter.Parameter;
import dev.rewire.training.parameter.SparseParameter;
import dev.rewire.training.parameter.WeightSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The parameters of a network in files of others. */
final class ParameterExport {
    private final TrainedNetwork network;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, WeightSpec> specs = new LinkedHashMap<>();

    ParameterExport(TrainedNetwork network) {
        this.network = network;
        for (NamedParameter named : network.parameters()) {
            parameters.put(named.name(), named.parameter());
        }
        network.weights().forEach(spec -> specs.put(spec.name(), spec));
    }

    /** All parameters, and what layers keep besides. */
    List<String> names() {
        return Stream.concat(parameters.keySet().stream(), network.statistics().keySet().stream())
                .toList();
    }

    /** Those that are matrices of weights. */
    List<String> weights() {
        return parameters.keySet().stream()
                .filter(name -> parameters.get(name) instanceof SparseParameter)
                .toList();
    }

    /** Writes weights as SciPy's {@code save_npz} does: single elements and N:M as CSR, larger blocks as BSR. */
    void npz(Path file, String name) throws IOException {
        try (KernelArena arena = KernelArena.open()) {
            SparseMatrix matrix = matrix(arena, (SparseParameter) Objects.requireNonNull(parameters.get(name)));
            boolean blocks = matrix instanceof BlockSparseMatrix of
                    && of.pattern().blockRows() * of.pattern().blockCols() > 1;
            Npz.write(file, blocks ? SparseArrays.bsr((BlockSparseMatrix) matrix) : SparseArrays.csr(matrix));
        }
    }

    /** Writes parameters as safetensors. */
    void safetensors(Path file, List<String> names, boolean dense) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.addMetadata("model", network.config().modelText());
        writer.addMetadata("steps", Long.toString(network.steps()));
        try (KernelArena arena = KernelArena.open()) {
            for (String name : names) {
                switch (parameters.get(name)) {
                    case SparseParameter sparse -> add(writer, arena, name, sparse, dense);
                    case DenseParameter parameter -> addDense(writer, name, parameter.values());
                    case null -> {
                        MemorySegment floats =
                                Objects.requireNonNull(network.statistics().get(name));
                        writer.add(name, DType.F32, new long[] {floats.byteSize() / Float.BYTES}, floats);
                    }
                }
            }
            writer.write(file);
        }
    }

    private void add(
            SafetensorsWriter writer, KernelArena arena, String name, SparseParameter parameter, boolean dense) {
        SparseMatrix matrix = matrix(arena, parameter);
        LayerShape shape = Objects.requireNonNull(specs.get(name)).shape();
        if (!dense) {
            SparseTensors.add(writer, name, matrix);
            return;
        }
        DenseMatrix all = DenseMatrix.allocate(arena, shape.out(), Math.toIntExact(shape.columns()));
        matrix.toDense(all);
        if (shape.kernelHeight() * shape.kernelWidth() == 1) {
            writer.add(name, all);
        } else {
            long[] sides = {shape.out(), shape.in(), shape.kernelHeight(), shape.kernelWidth()};
            writer.add(name, DType.F32, sides, channelsFirst(all, shape));
        }
    }

    /** A vector where it has one row, as biases. */
    private static void addDense(SafetensorsWriter writer, String name, DenseMatrix values) {
        if (values.rows() > 1) {
            writer.add(name, values);
            return;
        }
        MemorySegment floats = MemorySegment.ofArray(new byte[values.cols() * Float.BYTES]);
        for (int col = 0; col < values.cols(); col++) {
            set(floats, col, values.get(0, col));
        }
        writer.add(name, DType.F32, new long[] {values.cols()}, floats);
    }

    /** Columns are channels at a place of the kernel, place by place; others want the places of a channel. */
    private static MemorySegment channelsFirst(DenseMatrix all, LayerShape shape) {
        int taps = shape.kernelHeight() * shape.kernelWidth();
        MemorySegment floats = MemorySegment.ofArray(new byte[Math.toIntExact(shape.weights() * Float.BYTES)]);
        long at = 0;
        for (int out = 0; out < shape.out(); out++) {
            for (int channel = 0; channel < shape.in(); channel++) {
                for (int tap = 0; tap < taps; tap++) {
                    set(floats, at++, all.get(out, tap * shape.in() + channel));
                }
            }
        }
        return floats;
    }

    private static void set(MemorySegment floats, long index, float value) {
        floats.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), index, value);
    }

    private static SparseMatrix matrix(KernelArena arena, SparseParameter parameter) {
        return switch (parameter) {
            case BlockParameter blocks -> blocks.values();
            case NmParameter nm -> nm.values();
            case MaskedParameter masked -> kept(arena, masked);
        };
    }

    /** Those that the mask keeps: the copy of a network that has not run yet is not there yet. */
    private static SparseMatrix kept(KernelArena arena, MaskedParameter masked) {
        return SemiStructuredMatrix.fromDense(
                arena, masked.values(), masked.pattern().pattern(), ValueType.F32);
    }
}
