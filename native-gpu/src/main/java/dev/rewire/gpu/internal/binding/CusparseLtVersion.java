package dev.rewire.gpu.internal.binding;

import static dev.rewire.gpu.internal.binding.CudaConstants.MAJOR_VERSION;
import static dev.rewire.gpu.internal.binding.CudaConstants.MINOR_VERSION;
import static dev.rewire.gpu.internal.binding.CudaConstants.PATCH_LEVEL;

import dev.rewire.gpu.internal.library.UnavailableException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;

/**
 * A version of cuSPARSELt. The library has one name for all versions before 1.0 though their functions and structs differ, so the version is
 * asked for before anything else, property by property: the number in one piece gives 1000 for 0.10.0 and for 1.0.0.
 *
 * @param major the first number
 * @param minor the second
 * @param patch the third
 */
public record CusparseLtVersion(int major, int minor, int patch) implements Comparable<CusparseLtVersion> {
    /** The first with the functions and the alignment that we rely on. */
    private static final CusparseLtVersion OLDEST = new CusparseLtVersion(0, 8, 0);

    /** The first that nobody has compared with our declarations. */
    private static final CusparseLtVersion TOO_NEW = new CusparseLtVersion(0, 11, 0);

    /** Before, types of computation had other numbers and structs were larger than what we reserve may be. */
    private static final CusparseLtVersion NEVER_BELOW = new CusparseLtVersion(0, 6, 0);

    /** The first that is built for CUDA 13 alone. */
    private static final CusparseLtVersion FOR_CUDA_13 = new CusparseLtVersion(0, 9, 0);

    /** The property that lets other versions pass. */
    public static final String ANY_VERSION = "rewire.cusparselt.any-version";

    /**
     * Asks a library, which needs neither a handle nor a device.
     *
     * @param library cuSPARSELt
     * @return its version
     * @throws UnavailableException if it does not tell
     */
    public static CusparseLtVersion of(CusparseLt library) throws UnavailableException {
        var absent = library.whyAbsent("cusparseLtGetProperty");
        if (absent.isPresent()) {
            throw new UnavailableException(absent.get());
        }
        int[] numbers = new int[3];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
            for (int property : new int[] {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL}) {
                int status = library.cusparseLtGetProperty(property, value);
                if (status != 0) {
                    throw new UnavailableException(library.failure(status, "cusparseLtGetProperty", property)
                            .getMessage());
                }
                numbers[property] = value.get(ValueLayout.JAVA_INT, 0);
            }
        }
        return new CusparseLtVersion(numbers[0], numbers[1], numbers[2]);
    }

    /**
     * Whether the declarations here are this version's.
     *
     * @param any whether the user takes other versions at his own risk
     * @throws UnavailableException if not, with what is accepted
     */
    public void check(boolean any) throws UnavailableException {
        if (any ? compareTo(NEVER_BELOW) < 0 : compareTo(OLDEST) < 0 || compareTo(TOO_NEW) >= 0) {
            throw new UnavailableException("cuSPARSELt " + this + " is not one of "
                    + (any ? "0.6 and later" : "0.8 to 0.10, whose functions Rewire knows")
                    + (!any && compareTo(NEVER_BELOW) >= 0 ? "; -D" + ANY_VERSION + "=true lets it pass" : ""));
        }
    }

    /**
     * Whether every build of this version needs a driver that speaks CUDA 13.
     *
     * @return true since 0.9
     */
    public boolean needsCuda13() {
        return compareTo(FOR_CUDA_13) >= 0;
    }

    @Override
    public int compareTo(CusparseLtVersion other) {
        return Comparator.comparingInt(CusparseLtVersion::major)
                .thenComparingInt(CusparseLtVersion::minor)
                .thenComparingInt(CusparseLtVersion::patch)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
