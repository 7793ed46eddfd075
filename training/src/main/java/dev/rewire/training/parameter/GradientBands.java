package dev.rewire.training.parameter;

import dev.rewire.kernels.PanelMatrix;

/** The gradient of all weights of a layer, a band of rows at a time. */
public interface GradientBands {
    /** Takes over what the layer's passes left; before the first band of a step. */
    void begin();

    /**
     * Where a band is computed.
     *
     * @return the gradient of some rows, transposed: in × rows
     */
    PanelMatrix band();

    /**
     * Computes the gradient of the rows from the given one on.
     *
     * @param firstRow a multiple of the rows of a band
     */
    void computeBand(int firstRow);
}
