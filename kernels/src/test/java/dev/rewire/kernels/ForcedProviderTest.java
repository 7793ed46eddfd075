package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The executions that force kernels really test these. */
@Tag("species")
class ForcedProviderTest {
    @Test
    void theKernelsThatCameUpAreTheForcedOnes() {
        // Without a property the vector kernels are expected: no execution tests the scalar ones unawares.
        assertEquals(
                System.getProperty("rewire.kernels", "vector"),
                Provider.active().name());
    }

    @Test
    void theWidthThatCameUpIsTheForcedOne() {
        int bits = Provider.active().vectorBits();
        assertEquals(Integer.getInteger("rewire.kernels.bits", bits), bits);
    }
}
