package dev.rewire.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.gpu.internal.library.NativeLibrary;
import dev.rewire.gpu.internal.library.SearchRoots;
import dev.rewire.gpu.internal.probe.Installation;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** The device that is none (src/test/c), compiled once, and the switches by which it fails. All tests of this JVM share it. */
final class StubDevice {
    /** How the driver fails. */
    enum Failure {
        NO_DEVICE(1),
        OLD_DRIVER(2),
        STUB_LIBRARY(3),
        DRIVER_MISMATCH(4),
        OLD_DEVICE(5);

        private final int number;

        Failure(int number) {
            this.number = number;
        }
    }

    /** What is counted. */
    enum Live {
        ALLOCATIONS(0),
        BYTES(1),
        HOST_ALLOCATIONS(2),
        REGISTRATIONS(3),
        CONTEXTS(4),
        STREAMS(5),
        EVENTS(6),
        HANDLES(7),
        DESCRIPTORS(8),
        SELECTIONS(9),
        PLANS(10);

        private final int number;

        Live(int number) {
            this.number = number;
        }
    }

    private static final String COMPILE = "src/test/c/compile";
    private static final int NO_COMPILER = 127;
    private static final Path TARGET = Path.of("target/stub-device").toAbsolutePath();
    private static final String REASON = compile();

    private StubDevice() {}

    /** Every test starts with a device that nothing is on and that does not fail; without a compiler it is skipped, with the reason. */
    static void reset() {
        Assumptions.assumeTrue(REASON.isEmpty(), "no stub device: " + REASON);
        call("stub_cuda", "stub_reset", FunctionDescriptor.ofVoid());
        version(8, 1);
    }

    /** As the machine is found, when the stubs are its libraries. */
    static Installation installation() {
        Map<String, String> paths = Map.of(
                "rewire.cuda", file("stub_cuda"),
                "rewire.cusparselt", file("stub_cusparselt"),
                "rewire.cublaslt", file("stub_cublaslt"));
        return Installation.probe(new SearchRoots(paths, Map.of(), TARGET, false));
    }

    static GpuContext open() {
        return GpuContext.open(installation(), 0);
    }

    static void fail(Failure failure) {
        call("stub_cuda", "stub_fail", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT), failure.number);
    }

    /** The call of this number from now on fails, once; −1 for none. */
    static void failCall(long number) {
        call("stub_cuda", "stub_fail_call", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), number);
    }

    /** Calls so far that can fail by number. */
    static long calls() {
        return (long) call("stub_cuda", "stub_calls", FunctionDescriptor.of(ValueLayout.JAVA_LONG));
    }

    /** From the call of this number on, an illegal address is what every call reports. */
    static void faultAtCall(long number) {
        call("stub_cuda", "stub_fault_call", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), number);
    }

    static void allowAllocations(long number) {
        call("stub_cuda", "stub_allow_allocations", FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), number);
    }

    /** What cuSPARSELt says that it is: 0.minor.patch. */
    static void version(int minor, int patch) {
        call(
                "stub_cusparselt",
                "stub_version",
                FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                minor,
                patch);
    }

    static long live(Live kind) {
        return (long) call(
                "stub_cuda",
                "stub_live",
                FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
                kind.number);
    }

    static void assertNothingLives(String when) {
        List<String> left = new ArrayList<>();
        for (Live kind : Live.values()) {
            long count = live(kind);
            if (count != 0) {
                left.add(count + " " + kind);
            }
        }
        assertEquals(List.of(), left, when);
    }

    static String file(String library) {
        return TARGET.resolve(library + ".so").toString();
    }

    private static Object call(String library, String function, FunctionDescriptor descriptor, Object... arguments) {
        try {
            MethodHandle handle = NativeLibrary.open(file(library)).function(function, descriptor);
            return handle.invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(function, e);
        }
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
