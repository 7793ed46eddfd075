package dev.rewire.kernels.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The constants of each width of vectors that generated tiles compute with; the JIT folds them because they are static and final. {@code HAS} are the
 * lanes that have a bit, {@code SWAP} each lane's partner, for exchanges at distance 1, 2, 4, 8.
 */
final class Vectors {
    private Vectors() {}

    /** Of 128 bits. */
    static final class Of128 {
        static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_128;
        static final Class<?> TYPE = FLOATS.vectorType();
        static final VectorSpecies<Integer> INTS = IntVector.SPECIES_128;
        static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_64;
        static final VectorMask<Float> HAS_1 = lanesWith(FLOATS, 1);
        static final VectorMask<Float> HAS_2 = lanesWith(FLOATS, 2);
        static final VectorShuffle<Float> SWAP_1 = swap(FLOATS, 1);
        static final VectorShuffle<Float> SWAP_2 = swap(FLOATS, 2);

        private Of128() {}
    }

    /** Of 256 bits. */
    static final class Of256 {
        static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_256;
        static final Class<?> TYPE = FLOATS.vectorType();
        static final VectorSpecies<Integer> INTS = IntVector.SPECIES_256;
        static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_128;
        static final VectorMask<Float> HAS_1 = lanesWith(FLOATS, 1);
        static final VectorMask<Float> HAS_2 = lanesWith(FLOATS, 2);
        static final VectorMask<Float> HAS_4 = lanesWith(FLOATS, 4);
        static final VectorShuffle<Float> SWAP_1 = swap(FLOATS, 1);
        static final VectorShuffle<Float> SWAP_2 = swap(FLOATS, 2);
        static final VectorShuffle<Float> SWAP_4 = swap(FLOATS, 4);

        private Of256() {}
    }

    /** Of 512 bits. */
    static final class Of512 {
        static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
        static final Class<?> TYPE = FLOATS.vectorType();
        static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
        static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_256;
        static final VectorMask<Float> HAS_1 = lanesWith(FLOATS, 1);
        static final VectorMask<Float> HAS_2 = lanesWith(FLOATS, 2);
        static final VectorMask<Float> HAS_4 = lanesWith(FLOATS, 4);
        static final VectorMask<Float> HAS_8 = lanesWith(FLOATS, 8);
        static final VectorShuffle<Float> SWAP_1 = swap(FLOATS, 1);
        static final VectorShuffle<Float> SWAP_2 = swap(FLOATS, 2);
        static final VectorShuffle<Float> SWAP_4 = swap(FLOATS, 4);
        static final VectorShuffle<Float> SWAP_8 = swap(FLOATS, 8);

        private Of512() {}
    }

    /** The class of the constants for so many bits. */
    static Class<?> of(int bits) {
        return switch (bits) {
            case 128 -> Of128.class;
            case 256 -> Of256.class;
            case 512 -> Of512.class;
            default -> throw new IllegalArgumentException("no tiles of " + bits + " bits");
        };
    }

    private static VectorMask<Float> lanesWith(VectorSpecies<Float> species, int bit) {
        long bits = 0;
        for (int lane = 0; lane < species.length(); lane++) {
            if ((lane & bit) != 0) {
                bits |= 1L << lane;
            }
        }
        return VectorMask.fromLong(species, bits);
    }

    private static VectorShuffle<Float> swap(VectorSpecies<Float> species, int distance) {
        return VectorShuffle.fromOp(species, lane -> lane ^ distance);
    }
}
