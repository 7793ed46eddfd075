package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.IdxBytes;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.data.source.PublishedSet.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedSourceTest {
    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();
    private PublishedSet set = PublishedSet.MNIST;
    private DataFolder installed = new DataFolder(Path.of("unset"));
    private DataFolder cache = installed;
    private int fetches;

    @BeforeEach
    void publishASet() throws IOException {
        Map<DataPart, Content> contents = new EnumMap<>(DataPart.class);
        new DataFolder(IdxBytes.writeSet(folder.resolve("original")))
                .read()
                .forEach((part, file) -> contents.put(part, new Content(file.bytes(), file.sha256())));
        set = new PublishedSet("tiny", "Tiny", contents);
        installed = new DataFolder(folder.resolve("installed"));
        cache = new DataFolder(folder.resolve("home/cache/tiny"));
    }

    /** What a fetch does with the folder that it may work in. */
    private interface Writing {
        void writeTo(Path work) throws IOException;
    }

    private PublishedSource source(Writing writing) {
        return new PublishedSource(set, List.of(installed), cache, new Fetch() {
            @Override
            public Optional<DataFolder> fetch(Path work, Consumer<String> progress, List<String> failures)
                    throws IOException {
                fetches++;
                writing.writeTo(work.resolve("unpacked"));
                failures.add("first way: closed");
                failures.add("second way: washed away");
                return Files.exists(work.resolve("unpacked"))
                        ? Optional.of(new DataFolder(work.resolve("unpacked")))
                        : Optional.empty();
            }

            @Override
            public String byHand() {
                return "walk";
            }
        });
    }

    private PublishedSource fetchable() {
        return source(IdxBytes::writeSet);
    }

    private PublishedSource unfetchable() {
        return source(work -> {});
    }

    private ImageData load(PublishedSource source) throws IOException {
        return source.load(10, lines::add);
    }

    private static void corrupt(DataFolder set) {
        byte[] changed = IdxBytes.labels(10);
        changed[10]++;
        IdxBytes.write(set.path().resolve("t10k-labels.idx1-ubyte"), changed);
    }

    @Test
    void installedSetIsReadWithoutFetching() throws IOException {
        IdxBytes.writeSet(installed.path());

        load(fetchable());

        assertEquals(0, fetches);
    }

    @Test
    void cachedSetIsReadWithoutFetching() throws IOException {
        IdxBytes.writeSet(cache.path());

        load(fetchable());

        assertEquals(0, fetches);
    }

    @Test
    void withoutACacheAnInstalledSetIsRead() throws IOException {
        IdxBytes.writeSet(installed.path());
        PublishedSource source = fetchable();

        assertEquals(20, load(withoutCache(source)).train().size());
    }

    @Test
    void withoutACacheNothingIsFetchedAndTheVariableIsNamed() {
        FetchException e = assertThrows(FetchException.class, () -> load(withoutCache(fetchable())));

        assertEquals(0, fetches);
        assertEquals(
                "cannot fetch Tiny: " + CacheFolder.ABSENCE
                        + ". By hand: walk, or give the folder that holds them as --data",
                e.getMessage());
    }

    private static PublishedSource withoutCache(PublishedSource source) {
        return new PublishedSource(source.set(), source.folders(), null, source.fetch());
    }

    @Test
    void absentSetIsFetched() throws IOException {
        assertEquals(20, load(fetchable()).train().size());
    }

    @Test
    void fetchedSetIsKeptInTheCache() throws IOException {
        load(fetchable());
        load(fetchable());

        assertEquals(1, fetches);
    }

    @Test
    void nothingButTheSetIsLeftInTheCache() throws IOException {
        load(fetchable());

        try (Stream<Path> left = Files.list(folder.resolve("home/cache"))) {
            assertEquals(List.of(cache.path()), left.toList());
        }
    }

    @Test
    void installedSetOfOtherContentIsPassedOver() throws IOException {
        IdxBytes.writeSet(installed.path());
        corrupt(installed);
        IdxBytes.writeSet(cache.path());

        load(fetchable());

        assertTrue(
                lines.get(0)
                        .startsWith("Tiny: passing over " + installed.path().resolve("t10k-labels.idx1-ubyte")
                                + ": byte 0: holds content of SHA-256 "),
                lines::toString);
    }

    @Test
    void cachedSetOfOtherContentIsReplaced() throws IOException {
        IdxBytes.writeSet(cache.path());
        corrupt(cache);

        load(fetchable());

        set.verify(cache.read());
    }

    @Test
    void incompleteCacheIsReplaced() throws IOException {
        Files.delete(IdxBytes.writeSet(cache.path()).resolve("train-images-idx3-ubyte"));

        load(fetchable());

        assertEquals(Optional.empty(), cache.missing());
    }

    @Test
    void labelBeyondTheClassesAskedForIsNoReasonToFetch() throws IOException {
        IdxBytes.writeSet(cache.path());

        assertThrows(DataException.class, () -> fetchable().load(9, lines::add));

        assertEquals(0, fetches);
    }

    @Test
    void failingFetchSaysWhatWasTriedAndWhatToDo() {
        FetchException thrown = assertThrows(FetchException.class, () -> load(unfetchable()));

        assertEquals(
                "cannot fetch Tiny: first way: closed; second way: washed away. By hand: walk, or put the four files"
                        + " into "
                        + cache.path() + ", or give the folder that holds them as --data",
                thrown.getMessage());
    }

    @Test
    void failingFetchLeavesNothingInTheCache() throws IOException {
        assertThrows(FetchException.class, () -> load(unfetchable()));

        try (Stream<Path> left = Files.list(folder.resolve("home/cache"))) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void fetchedSetOfOtherContentIsNotKept() {
        PublishedSource source = source(work -> corrupt(new DataFolder(IdxBytes.writeSet(work))));

        assertThrows(FetchException.class, () -> load(source));

        assertTrue(Files.notExists(cache.path()));
    }

    @Test
    void cacheThatCannotBeWrittenIsNamed() throws IOException {
        Files.writeString(folder.resolve("home"), "a file where a folder is needed");

        FetchException thrown = assertThrows(FetchException.class, () -> load(fetchable()));

        assertTrue(
                thrown.getMessage()
                        .startsWith("cannot fetch Tiny: cannot write to the cache folder (" + folder.resolve("home")),
                thrown.getMessage());
        assertFalse(thrown.getMessage().contains("Exception"), thrown.getMessage());
    }
}
