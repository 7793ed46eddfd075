package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packages know those that they may know, all of which come before them here, so there is no cycle. */
class RoomsTest {
    /** A class of these rooms, in a name or a descriptor. */
    private static final Pattern CLASS = Pattern.compile("dev/rewire/training/(?:([a-z/]+)/)?[A-Z]");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "internal   | ''",
                "random     | ''",
                "data       | internal random",
                "data/table  | data random",
                "data/source | data data/table internal",
                "setting    | internal",
                "backend    | setting",
                "parameter  | random setting",
                "optimizer  | parameter setting",
                "product    | backend parameter setting",
                "layer      | backend parameter product random setting",
                "layer/image | layer parameter product setting",
                "layer/sequence | layer parameter random setting",
                "loss       | layer setting",
                "model      | layer layer/image layer/sequence setting",
                "rewiring   | parameter random",
                "checkpoint | internal parameter setting",
                "loop       | data internal layer loss parameter random setting",
                "(root)     | backend checkpoint data layer loop loss model optimizer parameter random rewiring setting"
            })
    void aRoomKnowsOnlyTheseRooms(String room, String known) throws IOException, URISyntaxException {
        Set<String> expected = new TreeSet<>(known.isEmpty() ? Set.of() : Set.of(known.split(" ")));
        Path classes = Path.of(
                        TrainingRun.class.getResource("TrainingRun.class").toURI())
                .getParent();
        Path folder = room.equals("(root)") ? classes : classes.resolve(room);
        Set<String> actual = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
            for (Path file : files) {
                for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
                    if (entry instanceof Utf8Entry text) {
                        addRooms(text.stringValue(), actual);
                    }
                }
            }
        }
        actual.remove(room);

        assertEquals(expected, actual);
    }

    private static void addRooms(String text, Set<String> rooms) {
        Matcher matcher = CLASS.matcher(text);
        while (matcher.find()) {
            rooms.add(matcher.group(1) == null ? "(root)" : matcher.group(1));
        }
    }
}
