package dev.rewire.gpu.internal.probe;

import static dev.rewire.gpu.internal.binding.CudaConstants.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR;
import static dev.rewire.gpu.internal.binding.CudaConstants.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR;
import static dev.rewire.gpu.internal.binding.CudaConstants.CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE;
import static dev.rewire.gpu.internal.binding.CudaConstants.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT;

import dev.rewire.gpu.GpuDevice;
import dev.rewire.gpu.GpuException;
import dev.rewire.gpu.internal.binding.Binding;
import dev.rewire.gpu.internal.binding.CudaDriver;
import dev.rewire.gpu.internal.library.LibrarySearch;
import dev.rewire.gpu.internal.library.NvidiaLibrary;
import dev.rewire.gpu.internal.library.SearchRoots;
import dev.rewire.gpu.internal.library.UnavailableException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps from the driver's library to its devices; each step that fails leaves its reason, and those behind it are not taken. */
final class DriverProbe {
    /** The oldest driver of which any build of cuSPARSELt 0.8 can make use, as the driver numbers it. */
    private static final int OLDEST = 12_000;

    /** What builds for CUDA 13 need. */
    static final int CUDA_13 = 13_000;

    private static final int NAME_BYTES = 256;

    private final List<String> reasons = new ArrayList<>();
    private final List<GpuDevice> devices = new ArrayList<>();
    private @Nullable CudaDriver driver;
    private int version;
    private @Nullable String text;

    private DriverProbe() {}

    static DriverProbe of(SearchRoots roots) {
        DriverProbe probe = new DriverProbe();
        try {
            CudaDriver found = LibrarySearch.find(NvidiaLibrary.CUDA, roots, library -> {
                CudaDriver cuda = new CudaDriver(library);
                complete(cuda);
                return cuda;
            });
            probe.start(found, roots);
        } catch (UnavailableException e) {
            probe.reasons.add("CUDA driver: " + e.reason());
        } catch (GpuException e) {
            probe.reasons.add("CUDA driver: " + e.getMessage());
        }
        return probe;
    }

    /** Why the steps ended; empty if there is a device. */
    List<String> reasons() {
        return reasons;
    }

    List<GpuDevice> devices() {
        return devices;
    }

    /** The functions after a good {@code cuInit}. */
    @Nullable
    CudaDriver driver() {
        return driver;
    }

    /** The CUDA version that the driver speaks: 13000 is 13.0. */
    int version() {
        return version;
    }

    /** The versions for people; null where no driver told. */
    @Nullable
    String text() {
        return text;
    }

    /** A library that lacks what we call is none for us. */
    static void complete(Binding binding) throws UnavailableException {
        List<String> missing = binding.missing();
        if (!missing.isEmpty()) {
            throw new UnavailableException(missing.getFirst()
                    + (missing.size() > 1 ? ", and " + (missing.size() - 1) + " more are missing" : ""));
        }
    }

    /** A version as NVIDIA writes it. */
    static String cuda(int version) {
        return "CUDA " + version / 1000 + "." + version % 1000 / 10;
    }

    private void start(CudaDriver cuda, SearchRoots roots) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
            // Needs no cuInit, and is worth knowing where that fails.
            cuda.check(cuda.cuDriverGetVersion(number), "cuDriverGetVersion");
            version = number.get(ValueLayout.JAVA_INT, 0);
            text = cuda(version) + ofKernel(roots);
            cuda.check(cuda.cuInit(0), "cuInit", 0);
            if (version < OLDEST) {
                reasons.add("CUDA driver: it speaks " + cuda(version) + ", and cuSPARSELt 0.8 needs " + cuda(OLDEST)
                        + " or later");
                return;
            }
            cuda.check(cuda.cuDeviceGetCount(number), "cuDeviceGetCount");
            int count = number.get(ValueLayout.JAVA_INT, 0);
            for (int ordinal = 0; ordinal < count; ordinal++) {
                devices.add(device(cuda, ordinal, arena));
            }
            if (count == 0) {
                reasons.add("CUDA driver: it shows no device");
            } else if (devices.stream().noneMatch(GpuDevice::hasSparseTensorCores)) {
                for (GpuDevice device : devices) {
                    reasons.add("device " + device.ordinal() + ": " + device.name() + " has compute capability "
                            + device.computeCapability() + ", and 2:4 products need 8.0 or later");
                }
            }
            driver = cuda;
        }
    }

    private static GpuDevice device(CudaDriver cuda, int ordinal, Arena arena) {
        MemorySegment number = arena.allocate(ValueLayout.JAVA_INT);
        MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment name = arena.allocate(NAME_BYTES);
        cuda.check(cuda.cuDeviceGet(number, ordinal), "cuDeviceGet", ordinal);
        int device = number.get(ValueLayout.JAVA_INT, 0);
        cuda.check(cuda.cuDeviceGetName(name, NAME_BYTES, device), "cuDeviceGetName", device);
        cuda.check(cuda.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem", device);
        return new GpuDevice(
                ordinal,
                name.getString(0),
                attribute(cuda, number, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
                attribute(cuda, number, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
                bytes.get(ValueLayout.JAVA_LONG, 0),
                attribute(cuda, number, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
                attribute(cuda, number, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, device));
    }

    private static int attribute(CudaDriver cuda, MemorySegment number, int attribute, int device) {
        cuda.check(cuda.cuDeviceGetAttribute(number, attribute, device), "cuDeviceGetAttribute", attribute, device);
        return number.get(ValueLayout.JAVA_INT, 0);
    }

    /** The release of the kernel module, which the driver's library does not tell. */
    private static String ofKernel(SearchRoots roots) {
        try {
            Path file = roots.root().resolve("sys/module/nvidia/version");
            return ", driver " + Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
