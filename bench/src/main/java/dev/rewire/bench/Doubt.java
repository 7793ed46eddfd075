package dev.rewire.bench;

import org.jspecify.annotations.Nullable;

/**
 * That a measurement was not believed: the rate was far from what it should be, which happens in a JVM that does not come to compile a kernel. It is taken again
 * in a JVM of its own, and that one counts.
 *
 * @param gflops the rate that was not believed
 * @param reason what it was held against
 * @param failure why it could not be measured again; null if it was
 */
public record Doubt(double gflops, String reason, @Nullable String failure) {
    /** How much less a rate is than it should be. */
    public static final double FACTOR = 5;
}
