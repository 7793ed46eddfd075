package dev.rewire.bench.gpu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** The stub device of native-gpu's tests, a driver and libraries that compute on the CPU, compiled here once. */
final class StubLibraries {
    /** How it calls itself. */
    static final String DEVICE = "Rewire's stub device";

    private static final Path SOURCES = Path.of("../native-gpu/src/test/c");
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
            Files.createDirectories(TARGET);
            for (String library : List.of("stub_cuda", "stub_cusparselt", "stub_cublaslt")) {
                List<String> command =
                        new ArrayList<>(List.of("cc", "-std=c11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden"));
                command.addAll(List.of(
                        "-o", file(library), SOURCES.resolve(library + ".c").toString()));
                if (!library.equals("stub_cuda")) {
                    command.addAll(List.of("-L" + TARGET, "-l:stub_cuda.so", "-Wl,-rpath," + TARGET));
                }
                command.addAll(List.of("-lm", "-lpthread"));
                Process process =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (process.waitFor() != 0) {
                    throw new AssertionError(String.join(" ", command) + "\n" + output);
                }
            }
            return "";
        } catch (IOException e) {
            return "the system's C compiler: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }
}
