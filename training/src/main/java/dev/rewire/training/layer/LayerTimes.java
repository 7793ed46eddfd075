package dev.rewire.training.layer;

/** Is told how long layers take. */
public interface LayerTimes {
    /**
     * Takes a time.
     *
     * @param layer number of the layer without parts, from 0, in the order of the forward pass
     * @param backward whether it was its backward pass
     * @param nanos how long it took
     */
    void add(int layer, boolean backward, long nanos);
}
