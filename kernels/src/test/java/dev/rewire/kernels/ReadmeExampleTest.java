package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first example of the README, compiled and run line by line as it stands there. */
class ReadmeExampleTest {
    private static final String MARK = "<!-- example: multiply -->";
    private static final String CLASS = "ReadmeExample";

    @Test
    void multiplyExampleCompilesAndRuns(@TempDir Path classes) throws Exception {
        compile(example(), classes);
        URL[] path = {classes.toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(path, ReadmeExampleTest.class.getClassLoader())) {
            loader.loadClass(CLASS).getMethod("run").invoke(null);
        }
    }

    /** The lines of the Java block that follows the mark. */
    private static List<String> example() throws IOException {
        Path readme = readme();
        List<String> lines = Files.readAllLines(readme);
        int mark = lines.indexOf(MARK);
        assertTrue(mark >= 0, () -> readme + " has no line " + MARK);
        int open = mark + 1;
        while (open < lines.size() && lines.get(open).isBlank()) {
            open++;
        }
        assertEquals("```java", open < lines.size() ? lines.get(open) : "the end", "the line after " + MARK);
        int close = lines.subList(open, lines.size()).indexOf("```");
        assertTrue(close > 1, () -> "the block after " + MARK + " is empty or has no end");
        return lines.subList(open + 1, open + close);
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

    private static void compile(List<String> example, Path classes) {
        StringBuilder source = new StringBuilder();
        example.stream()
                .filter(line -> line.startsWith("import "))
                .forEach(line -> source.append(line).append('\n'));
        source.append("public class " + CLASS + " { public static void run() throws Exception {\n");
        example.stream()
                .filter(line -> !line.startsWith("import "))
                .forEach(line -> source.append(line).append('\n'));
        source.append("} }\n");

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        List<String> options = new ArrayList<>(List.of("-proc:none", "-d", classes.toString()));
        options.addAll(List.of("-cp", Fork.folderOf(Provider.class).toString()));
        boolean compiled = compiler.getTask(null, null, problems, options, null, List.of(new Source(source.toString())))
                .call();
        assertTrue(compiled, () -> problems.getDiagnostics() + "\n" + source);
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///" + CLASS + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
