package dev.rewire.bench;

/**
 * What it took until a contender was timed: code is compiled, libraries load kernels and make threads, a device raises its clock.
 *
 * @param firstMs of its first run, in milliseconds
 * @param runs how many there were, the first included
 * @param seconds that they took together
 * @param settled whether it had stopped getting faster; if not, what was timed may be too long
 */
public record WarmUp(double firstMs, int runs, double seconds, boolean settled) {
    /** Of runs that were preceded by none. */
    public static final WarmUp NONE = new WarmUp(0, 0, 0, true);
}
