package dev.rewire.training;

/** A run whose numbers have left the range of floats: nothing that it would still compute means anything. Where it was last saved it is as it was. */
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The step. */
    private final long step;

    /** The layer. */
    private final int layer;

    DivergedException(long step, int layer, String what) {
        super("diverged at step " + step + ": " + what);
        this.step = step;
        this.layer = layer;
    }

    /**
     * When it diverged.
     *
     * @return the step, from 1, at which the loss is no finite number, or whose update left weights or running statistics that are none
     */
    public long step() {
        return step;
    }

    /**
     * Where it diverged.
     *
     * @return the first layer, from 1, whose weights, running statistics or else outputs are no finite numbers
     */
    public int layer() {
        return layer;
    }
}
