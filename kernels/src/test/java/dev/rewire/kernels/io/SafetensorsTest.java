package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void readsWhatTheWriterWrote() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add("bytes", DType.U8, new long[] {3}, MemorySegment.ofArray(new byte[] {1, 2, 3}));
        writer.add("floats", DType.F32, new long[] {1, 2}, MemorySegment.ofArray(new float[] {1.5f, -2}));
        writer.add("a scalar", DType.I64, new long[0], MemorySegment.ofArray(new long[] {Long.MIN_VALUE}));
        writer.add("empty", DType.BF16, new long[] {4, 0, 5}, MemorySegment.ofArray(new short[0]));
        writer.addMetadata("format", "pt");
        writer.write(file);
        try (Safetensors read = Safetensors.open(file)) {
            assertEquals(List.of("a scalar", "floats", "empty", "bytes"), List.copyOf(read.names()));
            assertEquals(Map.of("format", "pt"), read.metadata());
            assertArrayEquals(new byte[] {1, 2, 3}, read.tensor("bytes").data().toArray(ValueLayout.JAVA_BYTE));
            Safetensors.Tensor floats = read.tensor("floats");
            assertArrayEquals(new float[] {1.5f, -2}, floats.data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
            assertArrayEquals(new long[] {1, 2}, floats.shape());
            assertEquals(DType.F32, floats.dtype());
            assertEquals("floats", floats.name());
            assertEquals(0, read.tensor("a scalar").shape().length);
            assertEquals(Long.MIN_VALUE, read.tensor("a scalar").data().get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
            assertEquals(0, read.tensor("empty").data().byteSize());
        }
    }

    @Test
    void keepsAnyUnicodeInNamesAndTexts() throws IOException {
        String name = "\"\\/\b\t\n\r\u0001\u007f\u2028é漢😀";
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add(name, DType.U8, new long[0], MemorySegment.ofArray(new byte[1]));
        writer.addMetadata(name, name);
        writer.write(file);
        try (Safetensors read = Safetensors.open(file)) {
            assertEquals(Set.of(name), read.names());
            assertEquals(Map.of(name, name), read.metadata());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch-f16-96x64",
                "torch-bf16-64x128",
                "torch-f32-64x48",
                "torch-i8-48x128",
                "torch-i8-16x64",
            })
    void writesTheBytesOfTheReferenceImplementation(String fixture) throws IOException {
        Path original = TorchFixture.file(fixture);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Safetensors read = Safetensors.open(original)) {
            SafetensorsWriter writer = new SafetensorsWriter();
            read.metadata().forEach(writer::addMetadata);
            for (String name : read.names()) {
                Safetensors.Tensor tensor = read.tensor(name);
                writer.add(name, tensor.dtype(), tensor.shape(), tensor.data());
            }
            writer.write(Channels.newChannel(bytes));
        }
        assertArrayEquals(Files.readAllBytes(original), bytes.toByteArray());
    }

    @Test
    void aTensorIsReadOnly() throws IOException {
        try (Safetensors file = open("{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}", 1)) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> file.tensor("a").data().set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
        }
    }

    @Test
    void aClosedFileIsNotRead() throws IOException {
        Safetensors file = open("{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}", 1);
        MemorySegment before = file.tensor("a").data();
        file.close();
        assertThrows(IllegalStateException.class, () -> before.get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> file.tensor("a").data().get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, file::close);
    }

    @Test
    void namesATensorThatIsNotThere() throws IOException {
        try (Safetensors file = open("{}", 0)) {
            String message = assertThrows(IllegalArgumentException.class, () -> file.tensor("w\n"))
                    .getMessage();
            assertTrue(message.startsWith("name: 'w?' is no tensor of "), message);
        }
    }

    @Test
    void descriptionsMayBeInAnyOrderAndSpacedOut() throws IOException {
        String header = """
            { "b" : { "data_offsets" : [ 4 , 6 ] , "shape":[2],\t"dtype":"U8" } ,
              "__metadata__":{}, "\\u0061\\ud83d\\ude00":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}
            """;
        try (Safetensors file = open(header, 6)) {
            assertEquals(List.of("a😀", "b"), List.copyOf(file.names()));
            assertEquals(
                    4,
                    file.tensor("b").data().address()
                            - file.tensor("a😀").data().address());
        }
    }

    /** Quotes are single here, and · stands for the byte 0xff. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "8 | `` | 0 | the header does not start with '{'",
                "8 | ` {}` | 0 | the header does not start with '{'",
                "8 | [] | 0 | the header does not start with '{'",
                "9 | { | 0 | the header ends here; expected name of a tensor, a string",
                "10 | {}x | 0 | text after the end of the header's object",
                "8 | {} | 1 | tensors of 0 bytes in all, but 1 follow the header",
                "9 | {1:{}} | 0 | '1'; expected name of a tensor, a string",
                "10 | {'a:1} | 0 | name of a tensor: the string does not end in the header",
                "10 | {'a·':{}} | 0 | name of a tensor: not UTF-8",
                "10 | {'\\x':{}} | 0 | name of a tensor: an unknown escape in '\\x'",
                "10 | {'\\u12g4':{}} | 0 | name of a tensor: \\u without four hexadecimal digits in '\\u12g4'",
                "10 | {'\\ud800':{}} | 0 | name of a tensor: half of a surrogate pair in '\\ud800'",
                "12 | {'a'} | 0 | '}'; expected ':'",
                "13 | {'a':7} | 0 | '7'; expected '{'",
                "9 | {'a':{}} | 0 | tensor 'a', dtype is missing",
                "9 | {'a':{'dtype':'U8','shape':[]}} | 1 | tensor 'a', data_offsets is missing",
                "14 | {'a':{'x':1}} | 0 | tensor 'a', unknown key 'x'; accepted are dtype, shape, data_offsets",
                "22 | {'a':{'dtype':'u8'}} | 0 | tensor 'a', unknown dtype 'u8'; accepted are [BOOL, F4,",
                "27 | {'a':{'dtype':'U8','dtype':'U8'}} | 0 | tensor 'a', dtype is given twice",
                "23 | {'a':{'shape':[-1]}} | 0 | '-'; expected tensor 'a', shape, a whole number",
                "24 | {'a':{'shape':[1.0]}} | 0 | '.'; expected ','",
                "23 | {'a':{'shape':[01]}} | 0 | tensor 'a', shape: a number that starts with 0",
                "23 | {'a':{'shape':[9223372036854775808]}} | 0 | tensor 'a', shape: more than 9223372036854775807",
                "25 | {'a':{'shape':[1,]}} | 0 | ']'; expected tensor 'a', shape, a whole number",
                "34 | {'a':{'data_offsets':[0,1,2]}} | 0 | tensor 'a', data_offsets: more than 2 numbers",
                "9 | {'a':{'dtype':'U8','shape':[],'data_offsets':[1]}} | 1 | tensor 'a', data_offsets: [1]; accepted are",
                "9 | {'a':{'dtype':'U8','shape':[1],'data_offsets':[2,1]}} | 1 | tensor 'a', data_offsets: [2, 1]; accepted are",
                "9 | {'a':{'dtype':'U8','shape':[2],'data_offsets':[0,1]}} | 1 | tensor 'a', data_offsets: 1 bytes; shape and dtype need 2",
                "9 | {'a':{'dtype':'F4','shape':[3],'data_offsets':[0,1]}} | 1 | tensor 'a', shape: its size overflows, or is no whole",
                "9 | {'a':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | 0 | tensor 'a', shape: its size overflows",
                "9 | {'a':{'dtype':'F64','shape':[1152921504606846976],'data_offsets':[0,0]}} | 0 | tensor 'a', shape: its size overflows",
                "9 | {'a':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}} | 2 | tensor 'a', data_offsets: begin at 1, but what comes before ends at 0",
                "8 | {'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}} | 1 | tensors of 2 bytes in all, but 1 follow the header",
                "29 | {'__metadata__':{'a':1}} | 0 | '1'; expected value of __metadata__, a string",
                "32 | {'__metadata__':{'a':'','a':''}} | 0 | __metadata__: key 'a' is given twice",
                "27 | {'__metadata__':{},'__metadata__':{}} | 0 | __metadata__ is described twice",
            })
    void namesWhatIsWrong(long place, String header, int dataBytes, String reason) throws IOException {
        MatrixFileException refusal =
                assertThrows(MatrixFileException.class, () -> open(header == null ? "" : header, dataBytes));
        assertTrue(refusal.reason().startsWith(reason), refusal::getMessage);
        assertEquals(place, refusal.offset(), header + refusal.getMessage());
    }

    @Test
    void refusesATensorThatIsDescribedTwice() throws IOException {
        String tensor = "'a':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}";
        MatrixFileException refusal =
                assertThrows(MatrixFileException.class, () -> open("{" + tensor + "," + tensor + "}", 0));
        assertEquals("tensor 'a' is described twice", refusal.reason());
        assertEquals(8 + 1 + tensor.length() + 1, refusal.offset());
        assertTrue(refusal.getMessage().contains(", byte " + refusal.offset() + ": "), refusal::getMessage);
    }

    @Test
    void refusesTensorsThatOverlap() {
        String header =
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[2],'data_offsets':[1,3]}}";
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> open(header, 3));
        assertTrue(
                refusal.reason().startsWith("tensor 'b', data_offsets: begin at 1, but what comes before ends at 2"));
    }

    @ParameterizedTest
    @ValueSource(longs = {100_000_001, Long.MAX_VALUE, -1, Long.MIN_VALUE})
    void refusesAHeaderOfMoreThanAHundredMegabytesUnread(long length) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(64)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(length)
                        .array());
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Safetensors.open(file));
        assertEquals(
                "header of " + Long.toUnsignedString(length) + " bytes; accepted are up to 100000000",
                refusal.reason());
    }

    @Test
    void refusesAHeaderThatTheFileDoesNotHold() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(9)
                        .array());
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Safetensors.open(file));
        assertEquals("header of 9 bytes in a file of 16; it ends within its header", refusal.reason());
    }

    @Test
    void refusesAFileShorterThanItsLength() throws IOException {
        Path file = Files.write(folder.resolve("a.safetensors"), new byte[7]);
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Safetensors.open(file));
        assertEquals("a file of 7 bytes; accepted are at least 8, its header's length", refusal.reason());
    }

    @Test
    void refusesWhatIsNoFile() {
        assertThrows(NoSuchFileException.class, () -> Safetensors.open(folder.resolve("absent")));
        MatrixFileException refusal = assertThrows(MatrixFileException.class, () -> Safetensors.open(folder));
        assertEquals("a directory; accepted are safetensors files", refusal.reason());
    }

    @Test
    void mapsMoreThanAnIntCounts() throws IOException {
        long bytes = (1L << 32) + 3;
        Path file = folder.resolve("a.safetensors");
        byte[] header = ("{\"a\":{\"dtype\":\"U8\",\"shape\":[" + bytes + "],\"data_offsets\":[0," + bytes + "]}}")
                .getBytes(StandardCharsets.UTF_8);
        // A hole: the disk holds two pages.
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(headed(header, 0)));
            channel.write(ByteBuffer.wrap(new byte[] {42}), Long.BYTES + header.length + bytes - 1);
        }
        try (Safetensors read = Safetensors.open(file)) {
            MemorySegment data = read.tensor("a").data();
            assertEquals(bytes, data.byteSize());
            assertEquals(42, data.get(ValueLayout.JAVA_BYTE, bytes - 1));
        }
    }

    @Test
    void aWriteThatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Files.writeString(file, "old");
        SafetensorsWriter writer = new SafetensorsWriter();
        try (Arena arena = Arena.ofConfined()) {
            writer.add("a", DType.U8, new long[] {200_000}, arena.allocate(200_000));
        }
        assertThrows(IllegalStateException.class, () -> writer.write(file));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of(file), filesOf(folder));
    }

    @Test
    void aWriteReplacesTheFileAndNotWhatAReaderOfItSees() throws IOException {
        Path file = folder.resolve("a.safetensors");
        writerOf((byte) 1).write(file);
        try (Safetensors old = Safetensors.open(file)) {
            writerOf((byte) 2).write(file);
            assertEquals(1, old.tensor("a").data().get(ValueLayout.JAVA_BYTE, 0));
        }
        try (Safetensors replaced = Safetensors.open(file)) {
            assertEquals(2, replaced.tensor("a").data().get(ValueLayout.JAVA_BYTE, 0));
        }
        assertEquals(List.of(file), filesOf(folder));
    }

    @Test
    void whoeverOpensAFileThatIsBeingReplacedFindsAWholeOne() throws Exception {
        Path file = folder.resolve("a.safetensors");
        int bytes = 1 << 20;
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add("a", DType.U8, new long[] {bytes}, MemorySegment.ofArray(new byte[bytes]));
        writer.write(file);
        try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
            Future<?> writing = executor.submit(() -> {
                for (int i = 0; i < 50; i++) {
                    writer.write(file);
                }
                return null;
            });
            while (!writing.isDone()) {
                try (Safetensors read = Safetensors.open(file)) {
                    assertEquals(bytes, read.tensor("a").data().byteSize());
                }
            }
            writing.get();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a | 1 | 1 | name: 'a' is taken; accepted are names not yet added",
                "__metadata__ | 1 | 1 | name: '__metadata__' is taken; accepted are names not yet added",
                "b | -1 | 1 | shape: dimension -1 is out of range; accepted are at least 0",
                "b | 2 | 1 | data: 1 bytes do not fit; expected 2 ([2] of U8)",
            })
    void theWriterNamesAWrongArgument(String name, long dimension, int bytes, String message) {
        SafetensorsWriter writer = writerOf((byte) 0);
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class,
                () -> writer.add(name, DType.U8, new long[] {dimension}, MemorySegment.ofArray(new byte[bytes])));
        assertEquals(message, refusal.getMessage());
    }

    @Test
    void theWriterRefusesTextThatUtf8DoesNotHave() {
        IllegalArgumentException refusal = assertThrows(
                IllegalArgumentException.class, () -> new SafetensorsWriter().addMetadata("key", "a\ud800"));
        assertTrue(refusal.getMessage().startsWith("value: half of a surrogate pair in "), refusal::getMessage);
    }

    @Test
    void theWriterRefusesAHeaderThatNobodyReads() {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.addMetadata("a", "x".repeat(SafetensorsHeader.MOST_BYTES));
        Path file = folder.resolve("a.safetensors");
        assertThrows(IllegalArgumentException.class, () -> writer.write(file));
        assertTrue(Files.notExists(file));
    }

    private static SafetensorsWriter writerOf(byte value) {
        SafetensorsWriter writer = new SafetensorsWriter();
        writer.add("a", DType.U8, new long[] {1}, MemorySegment.ofArray(new byte[] {value}));
        return writer;
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private Safetensors open(String header, int dataBytes) throws IOException {
        byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        byte[] marked = new String(json, StandardCharsets.ISO_8859_1)
                .replace("\u00c2\u00b7", "\u00ff")
                .getBytes(StandardCharsets.ISO_8859_1);
        Path file = Files.createTempFile(folder, "a", ".safetensors");
        Files.write(file, headed(marked, dataBytes));
        return Safetensors.open(file);
    }

    static byte[] headed(byte[] header, int dataBytes) {
        return ByteBuffer.allocate(Long.BYTES + header.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .array();
    }
}
