package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.NmPattern;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SemiStructuredTensorsTest {
    @Property(tries = 300)
    void thePlainFormKeepsPlacesAndBits(
            @ForAll ValueType type,
            @ForAll @IntRange(min = 1, max = 4) int logM,
            @ForAll @IntRange(min = 1, max = 16) int n,
            @ForAll @IntRange(max = 9) int rows,
            @ForAll @IntRange(max = 9) int groups,
            @ForAll long seed)
            throws IOException {
        int m = 1 << logM;
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open()) {
            NmPattern pattern = NmPattern.random(rows, groups * m, Math.min(n, m), m, 1, random);
            SemiStructuredMatrix matrix = draw(arena, pattern, type, random);
            checkSame(matrix, arena, writer -> SemiStructuredTensors.add(writer, "w", matrix));
        }
    }

    @Property(tries = 100)
    void theFormOfADeviceKeepsPlacesAndBits(
            @ForAll ValueType type,
            @ForAll @IntRange(max = 3) int tiles,
            @ForAll @IntRange(max = 3) int pairs,
            @ForAll long seed)
            throws IOException {
        int n = type == ValueType.F32 ? 1 : 2;
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open()) {
            NmPattern pattern = NmPattern.random(32 * tiles, 16 * n * pairs, n, 2 * n, 1, random);
            SemiStructuredMatrix matrix = draw(arena, pattern, type, random);
            checkSame(matrix, arena, writer -> SemiStructuredTensors.addForDevice(writer, "w", matrix));
        }
    }

    @Test
    void fp32TwoToFourIsRefusedForADevice() {
        try (KernelArena arena = KernelArena.open()) {
            SplittableRandom random = new SplittableRandom(1);
            SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(arena, NmPattern.random(7, 8, 2, 4, 1, random));
            IllegalArgumentException refusal = assertThrows(
                    IllegalArgumentException.class,
                    () -> SemiStructuredTensors.addForDevice(new SafetensorsWriter(), "w", matrix));
            assertTrue(refusal.getMessage().contains("fp32 on tensor cores is 1:2, not 2:4"), refusal::getMessage);
        }
    }

    @Test
    void namesAMatrixThatIsNotThere() throws IOException {
        try (KernelArena arena = KernelArena.open();
                Safetensors file = Safetensors.open(TorchFixture.file("torch-f16-32x64"))) {
            IllegalArgumentException refusal =
                    assertThrows(IllegalArgumentException.class, () -> SemiStructuredTensors.read(arena, file, "v"));
            assertTrue(refusal.getMessage().startsWith("name: 'v' is no N:M matrix of "), refusal::getMessage);
        }
    }

    /** One tensor or text of a valid file is exchanged for another. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "w.values | F32 | 4,8 | 2:4 | ok",
                "w.values | F64 | 4,8 | 2:4 | 'w.values': values of F64; accepted are F32, BF16, F16",
                "w.values | F32 | 32 | 2:4 | 'w.values': 1 dimensions; expected 2, a matrix",
                "w.values | F32 | 4,7 | 2:4 | 'w.values': 7 values of a row are no groups of 2:4",
                "w.values | F32 | 5,8 | 2:4 | 'w.indices': U8 [4, 2]; expected U8 [5, …]",
                "w.values | F32 | 4,12 | 2:4 | 'w.indices', packed.length: 8 does not fit; expected 12",
                "w.values | F32 | 2147483647,0 | 2:4 | 'w.values': shape [2147483647, 0] is out of range",
                "w.values | F32 | 4,8 | 2:3 | 'w.indices', m: 3 is not a group size; accepted are 2, 4, 8, 16",
                "w.values | F32 | 4,8 | 4:2 | 'w.indices', n: 4 is out of range; accepted are 1 to 2",
                "w.values | F32 | 4,8 | 2:4: | 'w.values': metadata 'w.nm' is '2:4:'; expected N:M, 2:4 for example",
                "w.values | F32 | 4,8 |  | 'w.values': metadata 'w.nm' is missing; expected N:M, 2:4 for example",
                "w.indices | I8 | 4,2 | 2:4 | 'w.indices': I8 [4, 2]; expected U8 [4, …]",
                "w.indices | U8 | 8 | 2:4 | 'w.indices': U8 [8]; expected U8 [4, …]",
                "w.indices | U8 | 4,2 | 2:4 | 'w.indices', index of row 0, group 0: 0 is out of range; accepted are 1 to 3",
                "v.indices | U8 | 4,2 | 2:4 | 'w.indices': there is no such tensor beside the values",
            })
    void namesWhatIsNoMatrix(String name, DType dtype, String shape, String nm, String reason) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        long[] dimensions =
                Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
        writer.add(name, dtype, dimensions, MemorySegment.ofArray(new byte[(int) dtype.bytes(dimensions)]));
        if (!name.equals("w.values")) {
            writer.add("w.values", DType.F32, new long[] {4, 8}, MemorySegment.ofArray(new float[32]));
        } else {
            MemorySegment legal = MemorySegment.ofArray(new byte[8]).fill((byte) 0xe4);
            writer.add("w.indices", DType.U8, new long[] {4, 2}, legal);
        }
        if (nm != null) {
            writer.addMetadata("w.nm", nm);
        }
        assertEquals(reason, reasonOf(writer, reason.length()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F16 | 32,16 | w.meta | I16 | 32,2 | ok",
                "I8 | 32,16 | w.meta | I16 | 32,2 | 'w.packed': values of I8; accepted are F32, BF16, F16",
                "F16 | 32,16 | v.meta | I16 | 32,2 | 'w.meta': there is no such tensor beside the values",
                "F16 | 32,16 | w.meta | I32 | 32,1 | 'w.meta': I32 [32, 1]; expected I16 [32, …]",
                "F16 | 32,16 | w.meta | I16 | 32,3 | 'w.meta', source: 192 bytes do not fit; expected 128",
                "F16 | 16,16 | w.meta | I16 | 16,2 | 'w.meta', rows: 16 does not fit; accepted are multiples of 32",
                "F16 | 32,8 | w.meta | I16 | 32,1 | 'w.meta', cols: 16 does not fit; accepted are multiples of 32",
                "F32 | 32,8 | w.meta | I16 | 32,2 | ok",
            })
    void namesWhatADeviceDoesNotHave(
            DType dtype, String shape, String meta, DType metaType, String metaShape, String reason)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        long[] values =
                Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
        writer.add("w.packed", dtype, values, MemorySegment.ofArray(new byte[(int) dtype.bytes(values)]));
        long[] words =
                Arrays.stream(metaShape.split(",")).mapToLong(Long::parseLong).toArray();
        MemorySegment legal =
                MemorySegment.ofArray(new byte[(int) metaType.bytes(words)]).fill((byte) 0xe4);
        writer.add(meta, metaType, words, legal);
        assertEquals(reason, reasonOf(writer, reason.length()));
    }

    /** Whatever bytes of a valid file are changed, the matrix is one or the documented exception comes. */
    @Property(tries = 1500)
    void changedBytes(@ForAll boolean device, @ForAll @IntRange(min = 1, max = 4) int mutations, @ForAll long seed)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        try (KernelArena arena = KernelArena.open()) {
            SafetensorsWriter writer = new SafetensorsWriter();
            NmPattern pattern = NmPattern.random(32, 32, 2, 4, 1, random);
            SemiStructuredMatrix matrix = draw(arena, pattern, ValueType.BF16, random);
            if (device) {
                SemiStructuredTensors.addForDevice(writer, "w", matrix);
            } else {
                SemiStructuredTensors.add(writer, "w", matrix);
            }
            byte[] bytes = bytes(writer);
            for (int i = 0; i < mutations; i++) {
                int end = random.nextBoolean() ? 300 : bytes.length; // header and metadata, or anything
                bytes[random.nextInt(end)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            }
            check(bytes, arena);
        }
    }

    private static void check(byte[] bytes, KernelArena arena) throws IOException {
        Path path = Files.createTempFile("rewire", ".safetensors");
        try {
            Files.write(path, bytes);
            try (Safetensors file = Safetensors.open(path)) {
                if (file.names().contains("w.values") || file.names().contains("w.packed")) {
                    SemiStructuredMatrix read = SemiStructuredTensors.read(arena, file, "w");
                    assertEquals(
                            read.pattern().elements() * (long) read.type().bytes(),
                            read.values().byteSize());
                }
            } catch (MatrixFileException e) {
                assertTrue(e.offset() >= 0 && e.offset() <= bytes.length, e::getMessage);
                assertTrue(e.getMessage().length() < 400, e::getMessage);
            }
        } finally {
            Files.delete(path);
        }
    }

    private static String reasonOf(SafetensorsWriter writer, int length) throws IOException {
        Path path = Files.createTempFile("rewire", ".safetensors");
        try (KernelArena arena = KernelArena.open()) {
            Files.write(path, bytes(writer));
            try (Safetensors file = Safetensors.open(path)) {
                SemiStructuredTensors.read(arena, file, "w");
                return "ok";
            } catch (MatrixFileException e) {
                return e.reason().substring(0, Math.min(length, e.reason().length()));
            }
        } finally {
            Files.delete(path);
        }
    }

    private static void checkSame(SemiStructuredMatrix matrix, KernelArena arena, Consumer<SafetensorsWriter> add)
            throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        add.accept(writer);
        Path path = Files.createTempFile("rewire", ".safetensors");
        try {
            Files.write(path, bytes(writer));
            try (Safetensors file = Safetensors.open(path)) {
                SemiStructuredMatrix read = SemiStructuredTensors.read(arena, file, "w");
                assertEquals(matrix.pattern(), read.pattern());
                assertEquals(matrix.type(), read.type());
                assertEquals(-1, matrix.values().mismatch(read.values()));
            }
        } finally {
            Files.delete(path);
        }
    }

    private static byte[] bytes(SafetensorsWriter writer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.write(Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    /** A matrix of any bits at all, NaNs among them. */
    private static SemiStructuredMatrix draw(
            KernelArena arena, NmPattern pattern, ValueType type, RandomGenerator random) {
        SemiStructuredMatrix matrix = SemiStructuredMatrix.allocate(arena, pattern, type);
        for (long i = 0; i < matrix.values().byteSize(); i++) {
            matrix.values().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        return matrix;
    }
}
