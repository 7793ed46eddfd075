package dev.rewire.training.parameter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.KernelArena;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BlockParameterTest {
    @Test
    void memoryIsCountedToTheByte() {
        try (KernelArena arena = KernelArena.open()) {
            BlockPattern pattern = BlockPattern.random(3, 2, 1, 1, 3, new SplittableRandom(1));
            BlockParameter parameter = new BlockParameter(arena, pattern, 2);
            // Value, gradient, two slots, a column of 16 bits; where three rows begin and end.
            assertEquals(3 * (4 * 4 + 2) + 4 * 4, parameter.bytes());
        }
    }

    @Test
    void whatProductsHoldIsAPartOfIt() {
        try (KernelArena arena = KernelArena.open()) {
            BlockParameter parameter = new BlockParameter(arena, BlockPattern.full(3, 2, 1, 1), 2);
            long alone = parameter.bytes();
            parameter.listener(new ParameterListener() {
                @Override
                public void rewired() {}

                @Override
                public long heldBytes() {
                    return 1000;
                }
            });
            assertEquals(alone + 1000, parameter.bytes());
        }
    }
}
