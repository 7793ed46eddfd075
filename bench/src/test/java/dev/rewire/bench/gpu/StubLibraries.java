package dev.rewire.bench.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The stub device of native-gpu's tests, a driver and libraries that compute on the CPU, compiled here once. */
final class StubLibraries {
    /** How it calls itself. */
    static final String DEVICE = "Rewire's stub device";

    private static final String COMPILE = "../native-gpu/src/test/c/compile";
    private static final int NO_COMPILER = 127;
    private static final Path TARGET = Path.of("target/stub-device").toAbsolutePath();
    private static final String REASON = compile();

    private StubLibraries() {}

    /** Flags with which a JVM takes the stub for a GPU; skips the test where there is no compiler. */
    static List<String> flags() {
        Assumptions.assumeTrue(REASON.isEmpty(), "no stub device: " + REASON);
        return List.of(
                "-Drewire.cuda=" + file("stub_cuda"),
                "-Drewire.cusparselt=" + file("stub_cusparselt"),
                "-Drewire.cublaslt=" + file("stub_cublaslt"));
    }

    private static String file(String library) {
        return TARGET.resolve(library + ".so").toString();
    }

    /** The reason why there is none, or nothing. */
    private static String compile() {
        try {
            Process process = new ProcessBuilder("sh", COMPILE, TARGET.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status == NO_COMPILER) {
                return output.strip();
            }
            assertEquals(0, status, output);
            return "";
        } catch (IOException e) {
            return "there is no shell to compile it with: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
