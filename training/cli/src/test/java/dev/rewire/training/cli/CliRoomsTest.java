package dev.rewire.training.cli;

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

/** Packages of the command line know those that they may know, all of which come before them here, so there is no cycle. */
class CliRoomsTest {
    /** A class of these rooms, in a name or a descriptor. */
    private static final Pattern CLASS = Pattern.compile("dev/rewire/training/cli/(?:([a-z]+)/)?[A-Z]");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "option | ''", //
                "peer   | option",
                "report | option peer",
                "(root) | option peer report"
            })
    void aRoomKnowsOnlyTheseRooms(String room, String known) throws IOException, URISyntaxException {
        Set<String> expected = new TreeSet<>(known.isEmpty() ? Set.of() : Set.of(known.split(" ")));
        Path classes = Path.of(Main.class.getResource("Main.class").toURI()).getParent();
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
