package dev.rewire.kernels.internal.vector.ceiling;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** As many fused multiply-adds a second as a core does when nothing is loaded or stored. */
public final class FmaLoop {
    public static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private static final int SUMS = 10;

    private FmaLoop() {}

    /** Operations of {@link #run}: a multiplication and an addition for each lane. */
    public static double flops(int steps) {
        return 2.0 * SUMS * SPECIES.length() * steps;
    }

    /**
     * Runs. Two units with a latency of 4 or 5 cycles want 10 sums that do not wait for each other; they are named, as C2 keeps no array in
     * registers.
     *
     * @return something of all sums, so that none of them is dead
     */
    public static float run(int steps) {
        FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        FloatVector a = one;
        FloatVector b = one;
        FloatVector c = one;
        FloatVector d = one;
        FloatVector e = one;
        FloatVector f = one;
        FloatVector g = one;
        FloatVector h = one;
        FloatVector i = one;
        FloatVector j = one;
        for (int step = 0; step < steps; step++) {
            // Goes to 2 and stays there: neither infinities nor subnormal numbers.
            a = a.fma(half, one);
            b = b.fma(half, one);
            c = c.fma(half, one);
            d = d.fma(half, one);
            e = e.fma(half, one);
            f = f.fma(half, one);
            g = g.fma(half, one);
            h = h.fma(half, one);
            i = i.fma(half, one);
            j = j.fma(half, one);
        }
        return sum(a.add(b).add(c), d.add(e).add(f), g.add(h), i.add(j));
    }

    private static float sum(FloatVector a, FloatVector b, FloatVector c, FloatVector d) {
        return a.add(b).add(c).add(d).lane(0);
    }
}
