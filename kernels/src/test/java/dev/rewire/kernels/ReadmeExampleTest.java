package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first example of the README, compiled and run line by line as it stands there. */
class ReadmeExampleTest {
    @Test
    void multiplyExamplePrintsWhatStandsBesideIt(@TempDir Path folder) throws IOException {
        List<String> lines = Files.readAllLines(readme());
        Path source = folder.resolve("Multiply.java");
        Files.writeString(source, blockAfter("<!-- zoo: file Multiply.java -->", lines));
        Fork fork = Fork.run(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--class-path=" + Fork.folderOf(Provider.class),
                source.toString()));
        assertEquals(0, fork.exit(), fork::err);
        assertEquals(blockAfter("<!-- zoo: prints -->", lines), fork.out());
    }

    /** The lines of the block that follows a mark. */
    private static String blockAfter(String mark, List<String> lines) {
        int open = lines.indexOf(mark) + 1;
        assertTrue(open > 0 && lines.get(open).startsWith("```"), () -> "no block after a line " + mark);
        int length = lines.subList(open + 1, lines.size()).indexOf("```");
        return String.join("\n", lines.subList(open + 1, open + 1 + length)) + "\n";
    }

    /** From {@code -Drewire.readme}, or above the working folder, next to the reactor's build file. */
    private static Path readme() {
        String given = System.getProperty("rewire.readme");
        if (given != null) {
            return Path.of(given);
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("kernels").resolve("pom.xml"))) {
                assertTrue(Files.exists(folder.resolve("README.md")), folder + " has no README.md");
                return folder.resolve("README.md");
            }
        }
        return fail("no project root above " + Path.of("").toAbsolutePath());
    }
}
