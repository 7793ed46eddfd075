package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's examples of training, compiled and run line by line as they stand there. */
class ReadmeExamplesTest {
    private static final Pattern ACCURACY = Pattern.compile("accuracy=([0-9.]+)");

    @TempDir
    private Path folder;

    @BeforeEach
    void writeSources() throws IOException {
        List<String> lines = Files.readAllLines(readme());
        for (String file : List.of("Learn.java", "ByChance.java", "Steps.java")) {
            Files.writeString(folder.resolve(file), blockAfter("<!-- zoo: file " + file + " -->", lines));
        }
    }

    @Test
    void anOwnNetworkLearnsOwnData() throws IOException, InterruptedException {
        List<String> out = run("Learn.java");
        Matcher accuracy = ACCURACY.matcher(out.getFirst());
        assertTrue(accuracy.find() && Double.parseDouble(accuracy.group(1)) > 0.9, out::toString);
        assertTrue(out.get(1).matches("[012]"), out::toString);
        assertTrue(Files.size(folder.resolve("rings.rewire")) > 1000);
    }

    @Test
    void anOwnLoopLearnsByAnOwnRule() throws IOException, InterruptedException {
        List<String> out = run("Steps.java");
        String[] words = out.getFirst().split(" of ", 2);
        assertEquals("50", words[1]);
        assertTrue(Integer.parseInt(words[0]) >= 45, out::toString);
    }

    private List<String> run(String file) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-UsePerfData",
                        "--class-path=" + System.getProperty("java.class.path"),
                        file)
                .directory(folder.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), Files.readString(folder.resolve("err")));
        return out.lines().toList();
    }

    /** The lines of the block that follows a mark. */
    private static String blockAfter(String mark, List<String> lines) {
        int open = lines.indexOf(mark) + 1;
        assertTrue(open > 0 && lines.get(open).startsWith("```"), () -> "no block after a line " + mark);
        int length = lines.subList(open + 1, lines.size()).indexOf("```");
        return String.join("\n", lines.subList(open + 1, open + 1 + length)) + "\n";
    }

    /** Above the working folder, next to the reactor's folders. */
    private static Path readme() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.exists(at.resolve("kernels").resolve("pom.xml"))) {
                return at.resolve("README.md");
            }
        }
        return fail("no project root above " + Path.of("").toAbsolutePath());
    }
}
