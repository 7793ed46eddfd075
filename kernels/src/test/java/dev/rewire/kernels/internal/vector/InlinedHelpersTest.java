package dev.rewire.kernels.internal.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Between methods that are not inlined into each other vectors go as objects. */
class InlinedHelpersTest {
    private static final Set<String> RUN_ONCE = Set.of("lanesWith", "swap");

    @Test
    void theCompilerIsAskedToInlineWhatTakesOrReturnsAVector() throws IOException, URISyntaxException {
        Set<String> helpers = new TreeSet<>();
        Path folder = Path.of(CompilerRequests.class
                        .getResource("CompilerRequests.class")
                        .toURI())
                .getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.class")) {
            for (Path file : files) {
                for (MethodModel method : ClassFile.of().parse(file).methods()) {
                    String type = method.methodType().stringValue();
                    if (type.matches(".*Ljdk/incubator/vector/(Float|Int|Double|Short|Byte|Long)?Vector(Mask)?;.*")) {
                        helpers.add(method.methodName().stringValue());
                    }
                }
            }
        }
        helpers.removeAll(RUN_ONCE);
        assertTrue(helpers.contains("load"), helpers::toString);
        assertEquals(new TreeSet<>(CompilerRequests.HELPERS), helpers);
    }
}
