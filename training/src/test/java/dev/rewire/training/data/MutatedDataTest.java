package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.training.data.table.CsvTable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever is done to a text, a table or CIFAR's files, reading it gives samples or one {@link DataException}, within modest memory. */
class MutatedDataTest {
    /** What a file of some kilobytes may need, buffers included. */
    private static final long MOST_BYTES = 32 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final String TABLE = """
            id;"name; of it";size;kind
            1;"a \""b\""\";1.5;x
            2;c;-2e3;y
            3;"two
            lines";.5;x
            4;c;7;z
            """;

    private static final String TEXT = "\uFEFFTo be, or not to be: that is the question.\n– 😀 ß €".repeat(2);

    private static Path folder = Path.of("unset");

    @BeforeContainer
    static void createFolder() throws IOException {
        folder = Files.createTempDirectory("rewire-mutated");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private interface Reader {
        DataSplit read(Path file) throws IOException;
    }

    @Provide
    Arbitrary<List<FileChange>> changes() {
        return FileChange.lists();
    }

    /** Letters that mean something in a table. */
    @Provide
    Arbitrary<String> tables() {
        return Arbitraries.strings()
                .withChars(
                        ',', ';', '\t', '"', '\n', '\r', ' ', '.', '-', '+', 'e', '0', '1', '9', 'a', 'b', '?',
                        '\uFEFF', '\0')
                .ofMaxLength(80);
    }

    @Property(tries = 3000)
    void changedTextGivesSamplesOrADataException(@ForAll("changes") List<FileChange> changes) throws IOException {
        check(FileChange.applied(changes, TEXT.getBytes(StandardCharsets.UTF_8)), MutatedDataTest::text);
    }

    @Property
    void anyBytesOfATextGiveSamplesOrADataException(@ForAll @Size(max = 400) byte[] bytes) throws IOException {
        check(bytes, MutatedDataTest::text);
    }

    @Property(tries = 3000)
    void changedTableGivesSamplesOrADataException(@ForAll("changes") List<FileChange> changes) throws IOException {
        check(FileChange.applied(changes, TABLE.getBytes(StandardCharsets.UTF_8)), MutatedDataTest::table);
    }

    @Property(tries = 3000)
    void anyTableGivesSamplesOrADataException(@ForAll("tables") String table) throws IOException {
        check(table.getBytes(StandardCharsets.UTF_8), MutatedDataTest::table);
    }

    @Property
    void anyBytesOfATableGiveSamplesOrADataException(@ForAll @Size(max = 400) byte[] bytes) throws IOException {
        check(bytes, MutatedDataTest::table);
    }

    @Property(tries = 200)
    void changedCifar10GivesSamplesOrADataException(@ForAll("changes") List<FileChange> changes) throws IOException {
        changeCifar(CifarFiles.CIFAR_10, "data_batch_4.bin", CifarBytes.write10(folder), changes);
    }

    @Property(tries = 200)
    void changedCifar100GivesSamplesOrADataException(@ForAll("changes") List<FileChange> changes) throws IOException {
        changeCifar(CifarFiles.CIFAR_100, "test.bin", CifarBytes.write100(folder), changes);
    }

    private static void changeCifar(CifarFiles set, String name, Path in, List<FileChange> changes) throws IOException {
        Path file = in.resolve(name);
        byte[] bytes = FileChange.applied(changes, Files.readAllBytes(file));
        check(file, bytes, changed -> set.read(in, set.classes()).split());
    }

    private static DataSplit text(Path file) throws IOException {
        return CharacterText.read(file).split(3);
    }

    private static DataSplit table(Path file) throws IOException {
        return CsvTable.read(file).split(null, 1);
    }

    private static void check(byte[] bytes, Reader reader) throws IOException {
        check(folder.resolve("file"), bytes, reader);
    }

    private static void check(Path file, byte[] bytes, Reader reader) throws IOException {
        // A new file each time: file systems flush one that is overwritten, which takes longer than all the rest.
        Files.deleteIfExists(file);
        Files.write(file, bytes);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            DataSplit split = reader.read(file);
            assertTrue(split.train().size() > 0 && split.test().size() > 0);
        } catch (DataException e) {
            assertEquals(file.toString(), e.file());
            assertEquals(1, e.getMessage().lines().count(), e::getMessage);
            assertTrue(e.getMessage().startsWith(file + ": " + e.place() + ": "), e::getMessage);
            assertTrue(e.getMessage().length() - file.toString().length() < 300, e::getMessage);
            assertTrue(
                    e.getMessage().contains("accepted is")
                            || e.getMessage().contains("accepted are")
                            || e.getMessage().contains("RFC 4180"),
                    e::getMessage);
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_BYTES, () -> allocated + " bytes for a file of " + bytes.length);
        }
    }
}
