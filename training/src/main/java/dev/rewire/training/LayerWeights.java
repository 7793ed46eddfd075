package dev.rewire.training;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.Workers;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The weights of a layer with their gradient, the optimiser's slots and the products, all on one pattern. */
sealed interface LayerWeights permits BlockWeights, NmWeights, MaskedWeights {
    /**
     * Weights that are zero.
     *
     * @param arena where memory comes from
     * @param pattern which weights there are, out × in
     * @param slots of the optimiser
     * @param bias of the layer
     * @param relu whether a ReLU follows
     * @param buffers what the products read and write
     * @param engine who computes the products
     * @param workers who computes
     */
    static LayerWeights of(
            KernelArena arena,
            LayerPattern pattern,
            int slots,
            DenseMatrix bias,
            boolean relu,
            LayerBuffers buffers,
            Engine engine,
            Workers workers) {
        return switch (pattern) {
            case LayerPattern.Blocks blocks ->
                new BlockWeights(arena, blocks.pattern(), slots, bias, relu, buffers, engine, workers);
            case LayerPattern.Nm nm ->
                nm.rule() == null
                        ? new NmWeights(arena, nm.pattern(), slots, bias, relu, buffers, engine, workers)
                        : new MaskedWeights(
                                arena, nm.pattern(), nm.rule(), slots, bias, relu, buffers, engine, workers);
        };
    }

    /** Which weights there are now. */
    LayerPattern pattern();

    /** The products with them. */
    Products products();

    /**
     * Draws the weights from N(0, 2/n), n being the connections that the output really has, not those of a dense layer, so that activations keep their
     * variance at any sparsity. Sources: He et al., "Delving deep into rectifiers", 2015; Evci et al., "Gradient flow in sparse neural
     * networks and how lottery tickets win", 2022, section 3.1, for the count.
     */
    void initialise(CounterRandom random);

    /** Brings what the products read up to date; before each forward product. */
    default void prepare(Workers workers) {}

    /**
     * Follows the gradient.
     *
     * @param optimizer how
     * @param update number of the update, from 1
     * @param rate learning rate
     * @param rewires whether a rewiring comes next, which may be part of the same pass over the weights
     * @param workers who computes
     */
    void update(Optimizer optimizer, long update, double rate, boolean rewires, Workers workers);

    /** Weights that the products see, without the padding of blocks at the edge. */
    long nonzeros();

    /** All that training changes: the weights, then each slot. */
    List<MemorySegment> state();
}
