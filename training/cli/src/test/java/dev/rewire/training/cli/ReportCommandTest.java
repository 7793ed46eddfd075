package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rewire report}. */
class ReportCommandTest {
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href|url)\\s*[=(]\\s*[\"']?([^\"')>\\s]+)");

    /** One run is enough to look at. */
    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    private static Path run;

    @BeforeAll
    static void train() throws IOException {
        Path data = TinyData.writeTo(shared.resolve("data"));
        run = shared.resolve("a <run>");
        CommandResult result = CommandResult.ofTraining(data, "--out", run.toString());
        assertEquals(0, result.status(), result.err());
    }

    @Test
    void thePageNeedsNothingButItself() throws IOException {
        Matcher references = REFERENCE.matcher(page(run));
        while (references.find()) {
            String to = references.group(1);
            assertTrue(to.startsWith("data:image/png;base64,") || to.startsWith("#"), to);
        }
    }

    @Test
    void namesAreShownAsTheyAre() throws IOException {
        String html = page(run);
        assertTrue(html.contains("a &lt;run&gt;") && !html.contains("<run>"), "the name of a folder is taken for HTML");
    }

    @Test
    void eachSparseWeightsArePicturedBeforeAndAfter() throws IOException {
        String html = page(run);
        for (String picture :
                List.of("before", "after", "connections of each pixel before", "connections of each pixel after")) {
            assertTrue(html.contains("alt=\"linear1.weight, " + picture), picture);
        }
    }

    @Test
    void runsStandSideBySide() throws IOException {
        Path other = copyOf(run, "other");
        String html = page(run, other);
        assertTrue(html.contains("a &lt;run&gt;, rigl") && html.contains("other, dense"), "a run is missing");
    }

    @Test
    void aRunUnderWayIsShownAsFarAsItIs() throws IOException {
        Path under = copyOf(run, "under");
        Files.delete(under.resolve("checkpoint.rewire"));
        Files.delete(under.resolve("report.json"));
        List<String> lines = Files.readAllLines(under.resolve("metrics.jsonl"));
        Files.writeString(under.resolve("metrics.jsonl"), String.join("\n", lines.subList(0, 9)) + "\n{\"ev");
        assertTrue(page(under).contains("No pictures: the run was not saved yet"));
    }

    @Test
    void withoutOutThePageIsInTheFolderOfItsRun() throws IOException {
        Path own = copyOf(run, "own");
        CommandResult result = CommandResult.of("report", own.toString());
        assertEquals(own.resolve("report.html") + "\n", result.out(), result.err());
        assertTrue(Files.exists(own.resolve("report.html")));
    }

    @Test
    void aFolderThatIsNoneOfARunIsRefused() {
        assertRefused("DIR: " + folder + " has no metrics.jsonl; accepted are folders", folder);
    }

    @Test
    void aMalformedLineIsRefusedWithItsNumber() throws IOException {
        Path bad = copyOf(run, "bad");
        Files.writeString(bad.resolve("metrics.jsonl"), "{\"event\":\"run\",\"network\":\"a\",\"step\":0}\nno\n");
        assertRefused(bad.resolve("metrics.jsonl") + ", line 2: is no JSON", bad);
    }

    @Test
    void aMalformedInitialPatternIsRefusedWithItsPlace() throws IOException {
        Path bad = copyOf(run, "bad");
        Path pattern = bad.resolve("initial").resolve("linear1.weight.smtx");
        Files.writeString(pattern, "2, 2, x\n");
        assertRefused(pattern.toString(), bad);
    }

    @Test
    void aFolderIsNoPlaceForAPage() {
        CommandResult result = CommandResult.of("report", run.toString(), "--out", folder.toString());
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().contains("--out: " + folder + " is a folder"), result.err());
    }

    private void assertRefused(String line, Path of) {
        Path out = folder.resolve("page.html");
        CommandResult result = CommandResult.of("report", of.toString(), "--out", out.toString());
        assertEquals(2, result.status(), result.err());
        assertTrue(result.err().startsWith("rewire report: " + line), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertFalse(Files.exists(out), "half a page was written");
    }

    private String page(Path... runs) throws IOException {
        Path out = folder.resolve("page.html");
        List<String> args = new ArrayList<>(List.of("report", "--out", out.toString()));
        for (Path each : runs) {
            args.add(each.toString());
        }
        CommandResult result = CommandResult.of(args.toArray(String[]::new));
        assertEquals(0, result.status(), result.err());
        return Files.readString(out);
    }

    private Path copyOf(Path from, String name) throws IOException {
        Path to = folder.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }
}
