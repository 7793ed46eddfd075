package dev.rewire.kernels.internal.vector;

/**
 * The vectors that hold the first samples of a panel: as narrow as a single one may be, and no more of them than there are samples for. What lies behind
 * them in the panel is zero, or nobody's.
 *
 * @param bits of a vector
 * @param vectors how many
 */
record Span(int bits, int vectors) {
    /** A share of the vectors, all of one size, that a tile takes at a time: {@code times · vectors} are at least those asked for. */
    record Turns(int vectors, int times) {}

    /** The vectors of so many samples, none of them wider than {@code mostBits}. */
    static Span of(int samples, int mostBits) {
        int bits = Math.clamp((long) Tiling.powerOfTwo(2 * samples - 1) * Float.SIZE, 128, mostBits);
        int lanes = bits / Float.SIZE;
        return new Span(bits, (samples + lanes - 1) / lanes);
    }

    /** Of samples that a plan has, which may be none, in vectors of this process's width at most. */
    static Span of(int samples) {
        return of(Math.max(1, samples), RawMemory.SPECIES.vectorBitSize());
    }

    /** Samples that they have room for. */
    int samples() {
        return vectors * (bits / Float.SIZE);
    }

    /** Cuts them into as few turns as there can be of {@code most} vectors. */
    Turns turns(int most) {
        int times = (vectors + most - 1) / most;
        return new Turns((vectors + times - 1) / times, times);
    }
}
