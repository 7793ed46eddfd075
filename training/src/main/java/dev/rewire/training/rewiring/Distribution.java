package dev.rewire.training.rewiring;

import dev.rewire.training.parameter.LayerShape;
import java.util.Arrays;
import java.util.List;

/**
 * How a network's sparsity S is shared out among its layers.
 *
 * <p>A layer that is marked {@linkplain LayerShape#dense() dense} is left out: S then holds for the other layers
 * together, and the network as a whole is less sparse than S. This is how RigL's code treats layers with a sparsity of
 * their own.
 *
 * <p>Sources: Mocanu et al., "Scalable training of artificial neural networks with adaptive sparse connectivity
 * inspired by network science", 2018 (ER); Evci et al., "Rigging the lottery: making all tickets winners", 2020, and
 * its code (ERK, layers that would be more than dense).
 */
public enum Distribution {
    /** Each layer has the network's sparsity. */
    UNIFORM {
        @Override
        double weight(LayerShape layer) {
            return 1;
        }
    },

    /** Erdős–Rényi: the density of a layer is proportional to (in + out) / (in · out). */
    ER {
        @Override
        double weight(LayerShape layer) {
            return ((double) layer.in() + layer.out()) / ((double) layer.in() * layer.out());
        }
    },

    /**
     * Erdős–Rényi with kernels: the density of a layer is proportional to (in + out + kernel height + kernel width) /
     * (in · out · kernel height · kernel width).
     */
    ERK {
        @Override
        double weight(LayerShape layer) {
            return ((double) layer.in() + layer.out() + layer.kernelHeight() + layer.kernelWidth())
                    / ((double) layer.weights());
        }
    };

    /** What the density of a layer is proportional to. */
    abstract double weight(LayerShape layer);

    /**
     * The density of each layer: ε times its weight, where ε is such that the layers' nonzeros add up to (1 &minus; S)
     * of their weights. While the largest density is above 1, the layers that have it become dense and ε is solved
     * again for the rest.
     *
     * @param layers the layers of the network
     * @param sparsity S, the share of weights that are absent, 0 to 1
     * @return a density in [0, 1] for each layer
     * @throws IllegalArgumentException if the sparsity is out of range
     */
    public double[] densities(List<LayerShape> layers, double sparsity) {
        if (!(sparsity >= 0 && sparsity <= 1)) {
            throw new IllegalArgumentException("sparsity: " + sparsity + " is out of range; accepted are 0 to 1");
        }
        double[] densities = new double[layers.size()];
        boolean[] full = new boolean[layers.size()];
        double budget = 0;
        for (int l = 0; l < full.length; l++) {
            full[l] = layers.get(l).dense();
            budget += full[l] ? 0 : (1 - sparsity) * layers.get(l).weights();
        }
        while (true) {
            double divisor = 0;
            double largest = 0;
            for (int l = 0; l < full.length; l++) {
                if (!full[l]) {
                    double weight = weight(layers.get(l));
                    divisor += weight * layers.get(l).weights();
                    largest = Math.max(largest, weight);
                }
            }
            double epsilon = divisor == 0 ? 0 : budget / divisor;
            if (epsilon * largest <= 1) {
                for (int l = 0; l < full.length; l++) {
                    densities[l] = full[l] ? 1 : epsilon * weight(layers.get(l));
                }
                return densities;
            }
            for (int l = 0; l < full.length; l++) {
                if (!full[l] && weight(layers.get(l)) == largest) {
                    full[l] = true;
                    budget -= layers.get(l).weights();
                }
            }
        }
    }

    /**
     * The number of weights that each layer stores, when single weights are stored: the {@linkplain #blocks count of
     * blocks} of 1×1.
     *
     * @param layers the layers of the network
     * @param sparsity S, the share of weights that are absent, 0 to 1
     * @return the nonzeros of each layer
     * @throws IllegalArgumentException if the sparsity is out of range
     */
    public long[] nonzeros(List<LayerShape> layers, double sparsity) {
        return blocks(layers, sparsity, 1, 1);
    }

    /**
     * The number of blocks that each layer stores. A layer of sparsity s whose grid has G blocks leaves out floor(s·G)
     * of them; its sparsity is that of single weights, so it does not depend on the block's shape. A layer keeps at
     * least one block unless the sparsity is 1, and then it keeps none.
     *
     * @param layers the layers of the network
     * @param sparsity S, the share of weights that are absent, 0 to 1
     * @param blockRows the rows of a block, at least 1
     * @param blockColumns the columns of a block, at least 1
     * @return the stored blocks of each layer, 0 to {@link LayerShape#blocks}
     * @throws IllegalArgumentException if the sparsity or a block size is out of range
     */
    public long[] blocks(List<LayerShape> layers, double sparsity, int blockRows, int blockColumns) {
        double[] densities = densities(layers, sparsity);
        long[] counts = new long[densities.length];
        Arrays.setAll(counts, l -> stored(layers.get(l).blocks(blockRows, blockColumns), densities[l]));
        return counts;
    }

    /**
     * The number of blocks that a layer of some density stores.
     *
     * @param blocks those of the dense layer
     * @param density from 0 to 1
     * @return from 0 to the number of blocks; 0 for the density 0 alone
     */
    public static long stored(long blocks, double density) {
        if (density == 0) {
            return 0;
        }
        double absent = (1 - density) * blocks;
        // Rounding in ε can leave a whole number just below itself, and floor would then take one block too many.
        double whole = Math.rint(absent);
        boolean isWhole = Math.abs(absent - whole) <= 1e-12 * blocks;
        return Math.max(1, blocks - (long) (isWhole ? whole : Math.floor(absent)));
    }
}
