package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Packages know those that they may know, all of which come before them here, so there is no cycle. */
class RoomsTest {
    /** A class of these rooms, in a name or a descriptor. */
    private static final Pattern CLASS = Pattern.compile("dev/rewire/training/(?:([a-z/]+)/)?[A-Z]");

    private static final String ROOMS = """
            internal       | ''
            random         | ''
            data           | internal random
            data/table     | data random
            data/source    | data data/table internal
            setting        | internal
            backend        | setting
            parameter      | random setting
            optimizer      | parameter setting
            product        | backend parameter setting
            layer          | backend parameter product random setting
            layer/image    | layer parameter product setting
            layer/sequence | layer parameter random setting
            loss           | layer setting
            model          | layer layer/image layer/sequence setting
            rewiring/topology | ''
            rewiring       | parameter random rewiring/topology
            rewiring/watch | parameter rewiring
            checkpoint     | internal parameter setting
            loop           | data internal layer loss parameter random setting
            (root)         | backend checkpoint data layer loop loss model optimizer parameter random rewiring rewiring/watch setting
            """;

    /** A newcomer can look around in so many classes. */
    private static final int MOST_CLASSES = 22;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = ROOMS)
    void aRoomKnowsOnlyTheseRooms(String room, String known) throws IOException, URISyntaxException {
        Set<String> expected = new TreeSet<>(known.isEmpty() ? Set.of() : Set.of(known.split(" ")));
        Path folder = folder(room);
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = ROOMS)
    void aRoomKnowsOnlyThoseBeforeIt(String room, String known) {
        List<String> before = rooms().subList(0, rooms().indexOf(room));

        assertEquals(List.of(), difference(known.isEmpty() ? List.of() : List.of(known.split(" ")), before));
    }

    @Test
    void eachPackageIsARoomHere() throws IOException, URISyntaxException {
        Path root = folder("(root)");
        Set<String> packages = new TreeSet<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".class"))
                    .map(file -> root.relativize(file.getParent()).toString())
                    .forEach(name -> packages.add(name.isEmpty() ? "(root)" : name));
        }
        assertEquals(new TreeSet<>(rooms()), packages);
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomIsNoHall(String room) throws IOException, URISyntaxException {
        List<String> classes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder(room), "*.class")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                if (!name.contains("$") && !name.startsWith("package-info") && !name.startsWith("module-info")) {
                    classes.add(name);
                }
            }
        }
        assertTrue(classes.size() <= MOST_CLASSES, () -> classes.size() + " classes: " + classes);
    }

    static List<String> rooms() {
        return ROOMS.lines().map(line -> line.split("\\|", 2)[0].strip()).toList();
    }

    private static List<String> difference(List<String> all, List<String> without) {
        return all.stream().filter(name -> !without.contains(name)).toList();
    }

    private static Path folder(String room) throws URISyntaxException {
        Path classes = Path.of(
                        TrainingRun.class.getResource("TrainingRun.class").toURI())
                .getParent();
        return room.equals("(root)") ? classes : classes.resolve(room);
    }

    private static void addRooms(String text, Set<String> rooms) {
        Matcher matcher = CLASS.matcher(text);
        while (matcher.find()) {
            rooms.add(matcher.group(1) == null ? "(root)" : matcher.group(1));
        }
    }
}
