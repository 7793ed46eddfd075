package dev.rewire.kernels.panel;

import dev.rewire.kernels.Activation;
import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.kernels.panel.ElementwisePass.Operation;

/**
 * A smooth activation in training. Forward keeps {@code f'(x)}, which has its power of e in common with {@code f(x)}, so the way back is a multiplication; outputs and gradients have the bits of
 * {@link Elementwise#activate} and {@link Elementwise#activationGradient}, which need no memory but take nearly twice as long together. A pass allocates nothing. One thread at a time.
 */
public final class SmoothActivation {
    private static final Operation FORWARD =
            (kernels, of, from, to) -> kernels.activate(of.a, of.y, of.b, from, to, of.activation);
    private static final Operation BACKWARD = (kernels, of, from, to) -> kernels.multiply(of.a, of.b, of.y, from, to);

    private final Activation activation;
    private final Workers workers;

    /** f'(x), also of padding, where it is no zero: nobody else sees it. */
    private final PanelMatrix slopes;

    /** Whether the slopes are those of a forward pass. */
    private boolean kept;

    private SmoothActivation(Activation activation, PanelMatrix slopes, Workers workers) {
        this.activation = activation;
        this.slopes = slopes;
        this.workers = workers;
    }

    /**
     * Prepares an activation, with memory for as many floats as it is given.
     *
     * @param arena where that memory comes from
     * @param activation f: GELU, GELU_TANH or SILU
     * @param batch samples, at least 0
     * @param features of a sample, at least 0
     * @param workers who computes
     * @return the activation's passes
     * @throws IllegalArgumentException if a number is out of range or the activation is not smooth
     * @throws IllegalStateException if the arena is closed
     */
    public static SmoothActivation prepare(
            KernelArena arena, Activation activation, int batch, int features, Workers workers) {
        if (activation == Activation.NONE || activation == Activation.RELU) {
            throw new IllegalArgumentException(
                    "activation: " + activation + " has nothing to keep; accepted are GELU, GELU_TANH and SILU");
        }
        return new SmoothActivation(activation, PanelMatrix.allocate(arena, batch, features), workers);
    }

    /**
     * Forward, {@code y = f(x)}.
     *
     * @param x batch × features
     * @param y of the same shape, overwritten; may be x
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException if an arena or the workers are closed
     */
    public synchronized void forward(PanelMatrix x, PanelMatrix y) {
        Check.same("x", x, "batch and features", slopes);
        Check.same("y", y, "x", x);
        kept = false; // until all is done
        ElementwisePass pass = ElementwisePass.take();
        pass.activation = activation;
        pass.run(FORWARD, workers, y, x, slopes);
        kept = true;
    }

    /**
     * The way back of the last forward pass, {@code dx = dy·f'(x)}.
     *
     * @param dy gradient of y
     * @param dx gradient of x, overwritten; may be dy
     * @throws IllegalArgumentException if a shape does not fit
     * @throws IllegalStateException if there was no forward pass, or an arena or the workers are closed
     */
    public synchronized void backward(PanelMatrix dy, PanelMatrix dx) {
        Check.same("dy", dy, "batch and features", slopes);
        Check.same("dx", dx, "dy", dy);
        if (!kept) {
            throw new IllegalStateException("no forward pass has been; accepted is a way back after one");
        }
        ElementwisePass.take().run(BACKWARD, workers, dx, dy, slopes);
    }

    @Override
    public String toString() {
        return "SmoothActivation " + activation + " of " + slopes.rows() + " samples, " + slopes.cols() + " features";
    }
}
