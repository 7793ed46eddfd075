package dev.rewire.training.parameter;

import dev.rewire.kernels.Workers;
import dev.rewire.training.random.CounterRandom;

/** The weights of a layer: in blocks, or N of each M. Rewiring works on these, whatever layer they belong to. */
public sealed interface SparseParameter extends Parameter permits BlockParameter, NmParameter, MaskedParameter {
    /**
     * Which weights there are now.
     *
     * @return the pattern, or the mask
     */
    ParameterPattern pattern();

    /**
     * Sets who is told of changes.
     *
     * @param listener one; another one takes its place
     */
    void listener(ParameterListener listener);

    /**
     * Draws the weights from N(0, gain/n), n being the connections that the output really has, not those of a dense layer, so that activations keep their
     * variance at any sparsity. Sources: He et al., "Delving deep into rectifiers", 2015; Evci et al., "Gradient flow in sparse neural
     * networks and how lottery tickets win", 2022, section 3.1, for the count.
     *
     * @param random where from
     * @param gain variance of a sum of inputs of variance 1, 2 where a ReLU follows
     */
    void initialise(CounterRandom random, double gain);

    /**
     * Brings what products read up to date; before each forward product.
     *
     * @param workers who computes
     */
    default void prepare(Workers workers) {}

    /**
     * Weights that products see.
     *
     * @return how many, without the padding of blocks at the edge
     */
    long nonzeros();
}
