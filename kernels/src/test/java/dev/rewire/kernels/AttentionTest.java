package dev.rewire.kernels;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Attention and its gradient are as near to those in double precision as floats allow, for any shape that is drawn, stay in their memory, and leave padding zero. */
@Tag("species")
class AttentionTest {
    private static final int[] LENGTHS = {1, 5, 16, 17, 33, 64, 65, 100, 128, 256};
    private static final int[] SIZES = {1, 8, 16, 32, 33, 64};

    private static KernelArena arena(GuardedArena.Side side) {
        return GuardedArena.isSupported() ? KernelArena.over(new GuardedArena(side)) : KernelArena.open();
    }

    @Property(tries = 25)
    void isWithinItsBoundForAnyShape(@ForAll long seed, @ForAll GuardedArena.Side side, @ForAll boolean causal) {
        Random random = new Random(seed);
        AttentionShape shape = new AttentionShape(
                LENGTHS[random.nextInt(LENGTHS.length)],
                1 + random.nextInt(3),
                SIZES[random.nextInt(SIZES.length)],
                causal);
        int planned = 1 + random.nextInt(6);
        try (KernelArena arena = arena(side)) {
            AttentionBatch batch =
                    new AttentionBatch(arena, shape, random.nextInt(planned + 1), planned, random, Float.NaN);
            batch.run(arena, planned, 1 + random.nextInt(2));
            batch.assertWithinBounds();
            batch.assertPaddingIsZero(batch.y);
            batch.assertPaddingIsZero(batch.dqkv);
        }
    }
}
