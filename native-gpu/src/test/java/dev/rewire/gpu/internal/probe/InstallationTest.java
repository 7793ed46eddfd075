package dev.rewire.gpu.internal.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuLibrary;
import dev.rewire.gpu.NvidiaFiles;
import dev.rewire.gpu.internal.binding.CudaDriver;
import dev.rewire.gpu.internal.library.SearchRoots;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reasons of machines that lack something. The machines are folders and stubs. */
class InstallationTest {
    /** A driver of CUDA 12.4 with one device of the given compute capability. */
    private static final String DRIVER = """
            int cuDriverGetVersion(int* version) { *version = 12040; return 0; }
            int cuDeviceGetCount(int* count) { *count = 1; return 0; }
            int cuDeviceGet(int* device, int ordinal) { *device = ordinal; return 0; }
            int cuDeviceGetName(char* name, int length, int device) { name[0] = 'S'; name[1] = 0; return 0; }
            int cuDeviceTotalMem_v2(unsigned long* bytes, int device) { *bytes = 1ul << 34; return 0; }
            int cuDeviceGetAttribute(int* value, int attribute, int device) {
                *value = attribute == 75 ? %d : attribute == 76 ? %d : attribute == 16 ? 108 : 40 << 20;
                return 0;
            }
            """;

    @TempDir
    static Path stubs;

    private static Path cusparseLt081;

    @TempDir
    Path folder;

    @BeforeAll
    static void compile() throws Exception {
        cusparseLt081 = StubLibrary.cusparseLt(stubs.resolve("0.8.1"), 0, 8, 1);
    }

    @Test
    void aDriverThatIsNotThereIsReportedInTheLoadersWords() {
        Path absent = folder.resolve("libcuda.so.1");
        assertEquals(
                "CUDA driver: " + absent + ": cannot open shared object file: No such file or directory (-Drewire.cuda="
                        + absent + ")",
                probe(Map.of("rewire.cuda", absent.toString())).reasons().getFirst());
    }

    @Test
    void aMachineWhoseLoaderFindsNoDriverIsReportedInTheLoadersWords() {
        assumeTrue(GpuCapabilities.current().driver() == null, "this machine has a CUDA driver");
        SearchRoots roots = new SearchRoots(Map.of(), Map.of(), folder, true);
        assertEquals(
                "CUDA driver: libcuda.so.1: cannot open shared object file: No such file or directory (it comes with"
                        + " NVIDIA's driver; -Drewire.cuda and REWIRE_CUDA take a path)",
                Installation.probe(roots).capabilities().reasons().getFirst());
    }

    @Test
    void aMachineWithoutAnythingHasAReasonForEachStep() {
        GpuCapabilities none = probe(Map.of());
        assertEquals("unavailable", none.status());
        assertEquals(
                List.of(
                        "CUDA driver: no libcuda.so.1 in 1 folders (it comes with NVIDIA's driver; -Drewire.cuda and REWIRE_CUDA take a path)",
                        "cuSPARSELt: no libcusparseLt.so.0 in 0 folders (pip install nvidia-cusparselt-cu13 has it; -Drewire.cusparselt and REWIRE_CUSPARSELT take a path)"),
                none.reasons());
    }

    @Test
    void aFileThatIsNoLibraryIsReportedInTheLoadersWords() throws Exception {
        Path text = Files.writeString(folder.resolve("libcusparseLt.so.0"), "no library ".repeat(100));
        assertEquals(
                text + ": invalid ELF header (-Drewire.cusparselt=" + text + ")",
                cusparselt(Map.of("rewire.cusparselt", text.toString())).reason());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5})
    void aLibraryThatIsCutOffIsReportedAndDoesNotEndTheProcess(double share) throws Exception {
        byte[] whole = Files.readAllBytes(cusparseLt081);
        int length = (int) (share * whole.length);
        Path part = Files.write(folder.resolve("libcusparseLt.so.0"), Arrays.copyOf(whole, length));
        String reason = cusparselt(Map.of("rewire.cusparselt", part.toString())).reason();
        assertTrue(reason.startsWith(part + ": cut off after " + length + " of at least "), reason);
    }

    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeIsReportedAndNotWaitedFor() throws Exception {
        Path pipe = folder.resolve("libcusparseLt.so.0");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "no mkfifo");
        assertEquals(
                pipe + ": not a file (-Drewire.cusparselt=" + pipe + ")",
                cusparselt(Map.of("rewire.cusparselt", pipe.toString())).reason());
    }

    @Test
    void aSettingThatIsNoAbsolutePathIsReported() {
        assertEquals(
                "-Drewire.cusparselt=libcusparseLt.so.0: not an absolute path of a library",
                cusparselt(Map.of("rewire.cusparselt", "libcusparseLt.so.0")).reason());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 7, 1, '; -Drewire.cusparselt.any-version=true lets it pass'",
        "0, 11, 0, '; -Drewire.cusparselt.any-version=true lets it pass'",
        "1, 0, 0, '; -Drewire.cusparselt.any-version=true lets it pass'",
        "0, 5, 2, ''"
    })
    void aVersionThatWeDoNotKnowIsReportedWithThoseThatWeDo(int major, int minor, int patch, String override)
            throws Exception {
        Path other = StubLibrary.cusparseLt(folder, major, minor, patch);
        String version = major + "." + minor + "." + patch;
        GpuLibrary found = cusparselt(Map.of("rewire.cusparselt", other.toString()));
        assertEquals(
                "cuSPARSELt " + version + " is not one of 0.8 to 0.10, whose functions Rewire knows" + override
                        + " (-Drewire.cusparselt=" + other + ")",
                found.reason());
        assertEquals(version, found.version());
        assertEquals(other.toString(), found.path());
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 0", "0, 9, 1", "0, 10, 0"})
    void theVersionsThatWeKnowAreAccepted(int major, int minor, int patch) throws Exception {
        Path known = StubLibrary.cusparseLt(folder, major, minor, patch);
        GpuLibrary found = cusparselt(Map.of("rewire.cusparselt", known.toString()));
        assertEquals(new GpuLibrary("available", major + "." + minor + "." + patch, known.toString(), null), found);
    }

    @ParameterizedTest
    @CsvSource({"0, 6, 0, available", "1, 0, 0, available", "0, 5, 2, unavailable"})
    void theOverrideLetsVersionsSince06Pass(int major, int minor, int patch, String status) throws Exception {
        Path other = StubLibrary.cusparseLt(folder, major, minor, patch);
        Map<String, String> properties =
                Map.of("rewire.cusparselt", other.toString(), "rewire.cusparselt.any-version", "true");
        assertEquals(status, cusparselt(properties).status());
    }

    @Test
    void aLibraryThatLacksFunctionsIsReportedWithTheFirstOfThem() throws Exception {
        Path poor = StubLibrary.compile(folder, "libcusparseLt.so.0", StubLibrary.version(0, 8, 1));
        assertEquals(
                poor + " has no function cusparseLtInit, and 29 more are missing (-Drewire.cusparselt=" + poor + ")",
                cusparselt(Map.of("rewire.cusparselt", poor.toString())).reason());
    }

    @Test
    void aLibraryThatTellsNoVersionIsReported() throws Exception {
        Path other = StubLibrary.compile(folder, "libcusparseLt.so.0", "int other() { return 0; }\n");
        assertEquals(
                other + " has no function cusparseLtGetProperty (-Drewire.cusparselt=" + other + ")",
                cusparselt(Map.of("rewire.cusparselt", other.toString())).reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "venv/lib/python3.13/site-packages/nvidia/cusparselt/lib",
                "python/lib/python3.12/site-packages/nvidia/cusparselt/lib",
                "home/.local/lib/python3.9/site-packages/nvidia/cusparselt/lib",
                "root/usr/lib/python3/dist-packages/nvidia/cusparselt/lib",
                "pyenv/versions/3.11.7/lib/python3.11/site-packages/nvidia/cusparselt/lib",
                "conda/lib",
                "toolkit/lib64",
                "root/usr/local/cuda-13.0/lib64",
                "root/usr/lib/x86_64-linux-gnu/libcusparseLt/13"
            })
    void theLibraryIsFoundWhereItIsInstalled(String place) throws Exception {
        Path copy = copy(cusparseLt081, folder.resolve(place));
        GpuLibrary found = Installation.probe(machine()).capabilities().cusparselt();
        assertEquals(new GpuLibrary("available", "0.8.1", copy.toString(), null), found);
    }

    @Test
    void theDriverOfWindowsIsFoundInItsLinux() throws Exception {
        Path driver = StubLibrary.compile(
                folder.resolve("root/usr/lib/wsl/lib"), "libcuda.so.1", DRIVER.formatted(9, 0), CudaDriver::new);
        assertTrue(Files.exists(driver));
        assertEquals("CUDA 12.4", Installation.probe(machine()).capabilities().driver());
    }

    @Test
    void theRealLibraryIsAvailable() throws Exception {
        String path = NvidiaFiles.CUSPARSELT.library().toString();
        assertEquals(new GpuLibrary("available", "0.8.1", path, null), cusparselt(Map.of("rewire.cusparselt", path)));
    }

    @Test
    void aVariableOfTheEnvironmentGivesThePath() {
        SearchRoots roots = new SearchRoots(
                Map.of(), Map.of("REWIRE_CUSPARSELT", cusparseLt081.toString()), folder.resolve("root"), false);
        assertEquals(
                cusparseLt081.toString(),
                Installation.probe(roots).capabilities().cusparselt().path());
    }

    @Test
    void aPropertyGoesBeforeTheVariableAndNothingElseIsTried() throws Exception {
        Path absent = folder.resolve("absent.so");
        SearchRoots roots = new SearchRoots(
                Map.of("rewire.cusparselt", absent.toString()),
                Map.of("REWIRE_CUSPARSELT", cusparseLt081.toString()),
                folder.resolve("root"),
                false);
        assertEquals(
                absent + ": cannot open shared object file: No such file or directory (-Drewire.cusparselt=" + absent
                        + ")",
                Installation.probe(roots).capabilities().cusparselt().reason());
    }

    @Test
    void aCopyOfAnotherVersionIsPassedOver() throws Exception {
        Path old = StubLibrary.cusparseLt(folder.resolve("old"), 0, 6, 2);
        copy(old, folder.resolve("venv/lib/python3.13/site-packages/nvidia/cusparselt/lib"));
        Path good = copy(cusparseLt081, folder.resolve("root/usr/local/cuda-13.0/lib64"));
        assertEquals(
                new GpuLibrary("available", "0.8.1", good.toString(), null),
                Installation.probe(machine()).capabilities().cusparselt());
    }

    @Test
    void everyCopyThatWillNotDoHasItsReasonInTheOrderOfTheSearch() throws Exception {
        Path old = copy(
                StubLibrary.cusparseLt(folder.resolve("old"), 0, 6, 2),
                folder.resolve("venv/lib/python3.13/site-packages/nvidia/cusparselt/lib"));
        Path broken = folder.resolve("root/usr/local/cuda-13.0/lib64/libcusparseLt.so.0");
        Files.createDirectories(broken.getParent());
        Files.writeString(broken, "no library ".repeat(100));
        String reason =
                Installation.probe(machine()).capabilities().cusparselt().reason();
        assertNotNull(reason);
        assertTrue(
                reason.startsWith(old + ": cuSPARSELt 0.6.2 is not one of 0.8 to 0.10, whose functions Rewire knows;"
                        + " -Drewire.cusparselt.any-version=true lets it pass; " + broken + ": invalid ELF header ("),
                reason);
    }

    @Test
    void aDeviceBeforeAmpereIsReported() throws Exception {
        GpuCapabilities found = probe(driver(DRIVER.formatted(7, 5)));
        assertEquals(
                List.of("device 0: S has compute capability 7.5, and 2:4 products need 8.0 or later"), found.reasons());
    }

    @Test
    void aDriverOfCuda12CannotRunWhatIsBuiltForCuda13() throws Exception {
        Path cusparseLt = StubLibrary.cusparseLt(folder.resolve("0.9.0"), 0, 9, 0);
        Map<String, String> properties = new HashMap<>(driver(DRIVER.formatted(9, 0)));
        properties.put("rewire.cusparselt", cusparseLt.toString());
        assertEquals(
                List.of("cuSPARSELt: cuSPARSELt 0.9.0 is built for CUDA 13, and the driver speaks CUDA 12.4: it needs"
                        + " driver 580 or later (-Drewire.cusparselt=" + cusparseLt + ")"),
                probe(properties).reasons());
    }

    @Test
    void pipsNotesTellThatACopyIsBuiltForCuda13() throws Exception {
        Path packages = folder.resolve("venv/lib/python3.13/site-packages");
        Path copy = copy(cusparseLt081, packages.resolve("nvidia/cusparselt/lib"));
        Files.createDirectories(packages.resolve("nvidia_cusparselt_cu13-0.8.1.dist-info"));
        Map<String, String> properties = new HashMap<>(driver(DRIVER.formatted(9, 0)));
        properties.put("rewire.cusparselt", copy.toString());
        assertTrue(
                probe(properties).reasons().getFirst().contains("0.8.1 is built for CUDA 13"),
                probe(properties).reasons().toString());
    }

    @Test
    void aDriverWithAFunctionLessIsReported() throws Exception {
        Path poor = StubLibrary.compile(folder, "libcuda.so.1", "int cuInit(int flags) { return 0; }\n");
        String reason = probe(Map.of("rewire.cuda", poor.toString())).reasons().getFirst();
        assertTrue(reason.startsWith("CUDA driver: " + poor + " has no function cuDriverGetVersion, and "), reason);
    }

    @Test
    void aMachineThatHasAllIsAvailableAndSaysWhatItHas() throws Exception {
        Files.createDirectories(folder.resolve("root/sys/module/nvidia"));
        Files.writeString(folder.resolve("root/sys/module/nvidia/version"), "580.65.06\n");
        GpuCapabilities found = probe(driver(DRIVER.formatted(9, 0)));
        assertTrue(found.available(), found.reasons().toString());
        assertEquals("CUDA 12.4, driver 580.65.06", found.driver());
        assertEquals("""
                GPU         available
                driver      CUDA 12.4, driver 580.65.06
                device 0    S, compute capability 9.0, 16.0 GiB, 108 multiprocessors, L2 40.0 MiB
                cuSPARSELt  0.8.1, %s
                cuBLASLt    unavailable: no libcublasLt.so.13 or libcublasLt.so.12 in 0 folders (pip install nvidia-cublas has it; -Drewire.cublaslt and REWIRE_CUBLASLT take a path)""".formatted(cusparseLt081), found.text());
    }

    @Test
    void theMapHasTheKeysOfTheCommandLine() throws Exception {
        Map<String, ?> map = probe(driver(DRIVER.formatted(9, 0))).toMap();
        assertEquals(
                List.of("status", "reasons", "driver", "devices", "cusparselt", "cublaslt"), List.copyOf(map.keySet()));
        assertEquals(
                "{status=available, version=0.8.1, path=" + cusparseLt081 + ", reason=null}",
                map.get("cusparselt").toString());
        assertEquals(
                "[{ordinal=0, name=S, compute_capability=9.0, memory_bytes=17179869184, multiprocessors=108,"
                        + " l2_bytes=41943040}]",
                map.get("devices").toString());
    }

    @Test
    void whatIsNotThereHasNoFunctions() {
        Installation none = Installation.probe(new SearchRoots(Map.of(), Map.of(), folder, false));
        assertNull(none.driver());
        assertNull(none.cusparseLt());
        assertNull(none.cublasLt());
    }

    @Test
    void thisMachineHasAReportWithAReasonOrADevice() {
        GpuCapabilities current = GpuCapabilities.current();
        assertEquals(current.available(), current.reasons().isEmpty(), current.text());
    }

    /** A machine with a virtual environment, conda, a Python, a home and a toolkit of its own; with pyenv if there is a folder of it. */
    private SearchRoots machine() throws Exception {
        Path python =
                folder.resolve(Files.exists(folder.resolve("pyenv")) ? "pyenv/shims/python3" : "python/bin/python3");
        Files.createDirectories(python.getParent());
        assertTrue(Files.writeString(python, "").toFile().setExecutable(true));
        return new SearchRoots(
                Map.of("user.home", folder.resolve("home").toString()),
                Map.of(
                        "VIRTUAL_ENV", folder.resolve("venv").toString(),
                        "CONDA_PREFIX", folder.resolve("conda").toString(),
                        "CUDA_HOME", folder.resolve("toolkit").toString(),
                        "PATH", folder.resolve("bin") + ":" + python.getParent()),
                folder.resolve("root"),
                false);
    }

    private Map<String, String> driver(String source) throws Exception {
        Path driver = StubLibrary.compile(folder.resolve("driver"), "libcuda.so.1", source, CudaDriver::new);
        return Map.of("rewire.cuda", driver.toString(), "rewire.cusparselt", cusparseLt081.toString());
    }

    private GpuCapabilities probe(Map<String, String> properties) {
        return Installation.probe(new SearchRoots(properties, Map.of(), folder.resolve("root"), false))
                .capabilities();
    }

    private GpuLibrary cusparselt(Map<String, String> properties) {
        return probe(properties).cusparselt();
    }

    private static Path copy(Path library, Path into) throws Exception {
        Files.createDirectories(into);
        return Files.copy(library, into.resolve(library.getFileName()));
    }
}
