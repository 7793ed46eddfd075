package dev.rewire.bench.jmh;

import dev.rewire.kernels.KernelArena;
import org.openjdk.jmh.annotations.Param;

/** The three products of blocks. The defaults are one point of the grid; docs/performance.md has the options for the rest. */
public class Products extends PlannedProducts {
    /** Rows × columns of a block. */
    @Param({"1x1", "16x16"})
    public String block;

    /** Share of the blocks that are not stored. */
    @Param("0.9")
    public double sparsity;

    /** For JMH. */
    public Products() {}

    @Override
    Operands operands(KernelArena owner) {
        return Operands.draw(owner, product, Size.parse(shape), Size.parse(block), sparsity, batch);
    }
}
