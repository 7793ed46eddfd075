package dev.rewire.training.rewiring;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.parameter.WeightSpec;
import java.util.List;

/**
 * The floating-point operations of a network, counted as in appendix H of Evci et al., "Rigging the lottery", 2020: a
 * layer costs 2·nnz forward and as much again for each of its two backward products, and so do products without weights, those of
 * attention: two forward, four backward, of any sparsity. Biases, activations, loss,
 * optimiser and the choice of what to rewire are not counted. All figures are per sample, so a step's are these times
 * the batch.
 *
 * @param dense f<sub>D</sub>, the forward operations of the dense network, above 0
 * @param sparse f<sub>S</sub>, the forward operations of the sparse network, 0 to f<sub>D</sub>
 */
public record Flops(double dense, double sparse) {
    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Flops {
        if (!(dense > 0 && dense < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "dense: " + dense + " is out of range; accepted are finite numbers above 0");
        }
        if (!(sparse >= 0 && sparse <= dense)) {
            throw new IllegalArgumentException("sparse: " + sparse + " is out of range; accepted are 0 to " + dense);
        }
    }

    /**
     * The operations of a network.
     *
     * @param layers the weights of its layers, at least one; each use of a weight is a multiplication and an addition
     * @param nonzeros the weights that each layer stores, 0 to {@link LayerShape#weights()}
     * @param others operations of a forward pass that weights take no part in, which dense and sparse network share, finite and at least 0
     * @return the operations per sample
     * @throws IllegalArgumentException if there is no layer, the lists differ in length, or a count is out of range
     */
    public static Flops of(List<WeightSpec> layers, long[] nonzeros, double others) {
        if (nonzeros.length != layers.size()) {
            throw new IllegalArgumentException("nonzeros: " + nonzeros.length
                    + " counts do not fit; accepted is one for each of the " + layers.size() + " layers");
        }
        if (!(others >= 0 && others < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "others: " + others + " is out of range; accepted are finite numbers from 0");
        }
        double dense = others;
        double sparse = others;
        for (int l = 0; l < nonzeros.length; l++) {
            long weights = layers.get(l).shape().weights();
            long uses = layers.get(l).uses();
            if (nonzeros[l] < 0 || nonzeros[l] > weights) {
                throw new IllegalArgumentException("nonzeros: " + nonzeros[l] + " of layer " + l
                        + " is out of range; accepted are 0 to " + weights);
            }
            dense += 2.0 * weights * uses;
            sparse += 2.0 * nonzeros[l] * uses;
        }
        return new Flops(dense, sparse);
    }

    /** {@return 3·f<sub>D</sub>, a training step of the dense network} */
    public double denseStep() {
        return 3 * dense;
    }

    /** {@return 3·f<sub>S</sub>, a training step of a sparse network that is static or rewired at random (SET)} */
    public double sparseStep() {
        return 3 * sparse;
    }

    /** {@return 2·f<sub>S</sub> + f<sub>D</sub>, a step of RigL that computes the gradients of absent weights too, and each of SR-STE} */
    public double denseGradientStep() {
        return 2 * sparse + dense;
    }

    /**
     * RigL's training step on average, while it rewires.
     *
     * @param deltaT ΔT, the sparse steps to each step with dense gradients, at least 1
     * @return (3·f<sub>S</sub>·ΔT + 2·f<sub>S</sub> + f<sub>D</sub>) / (ΔT + 1)
     * @throws IllegalArgumentException if ΔT is below 1
     */
    public double riglStep(long deltaT) {
        if (deltaT < 1) {
            throw new IllegalArgumentException("deltaT: " + deltaT + " is out of range; accepted are 1 and more");
        }
        return (sparseStep() * deltaT + denseGradientStep()) / (deltaT + 1.0);
    }
}
