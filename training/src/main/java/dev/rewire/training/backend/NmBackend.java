package dev.rewire.training.backend;

import dev.rewire.kernels.DenseMatrix;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.SemiStructuredMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.setting.Device;
import dev.rewire.training.setting.InvalidConfigException;
import dev.rewire.training.setting.NmSparsity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * A device that multiplies by 2:4 weights. Operands go there rounded to a type of 16 bits and are summed up in single precision; weights, optimiser
 * and rewiring stay here, in single precision. Providers are found by {@link ServiceLoader}.
 */
public interface NmBackend {
    /** What can be computed: the sparsity that tensor cores have for types of 16 bits. */
    NmSparsity SPARSITY = new NmSparsity(2, 4);

    /**
     * Name of the library.
     *
     * @return lower case, as {@code cusparselt}
     */
    String name();

    /**
     * Why it cannot be used here. Asked before anything else; loads the library where that is needed to know.
     *
     * @return one line, or empty if it can be used
     */
    Optional<String> unavailable();

    /**
     * Takes hold of the device.
     *
     * @return what makes products; for one thread at a time
     * @throws IllegalStateException if the device cannot be used, though it is available
     */
    Session open();

    /** A device in use, and all that was opened on it. */
    interface Session extends AutoCloseable {
        /**
         * What results and times depend on.
         *
         * @return by name, as {@code device}, {@code driver} and {@code values}, the type that operands are rounded to
         */
        Map<String, String> environment();

        /**
         * Makes room for the products of a layer. They are those of zero weights until {@link Product#load}.
         *
         * @param layer what is multiplied
         * @return the products, which the session closes
         * @throws InvalidConfigException if the device cannot compute them
         */
        Product product(Layer layer);

        /** Gives back all that the device holds. */
        @Override
        void close();
    }

    /**
     * A layer, {@code y = relu(x·Wᵀ + bias)}, or without ReLU.
     *
     * @param weights W, out × in, 2:4; values and pattern change
     * @param bias 1 × out; its values change
     * @param relu whether there is a ReLU
     * @param batch samples
     * @param backwardInput whether the input's gradient is computed, too; then the pattern is transposable at any time
     */
    record Layer(SemiStructuredMatrix weights, DenseMatrix bias, boolean relu, int batch, boolean backwardInput) {}

    /** The products of one layer. They keep the padding of panels zero. */
    interface Product {
        /**
         * Takes the weights and the bias over as they are now.
         *
         * @param workers who converts
         */
        void load(Workers workers);

        /**
         * Computes {@code y = relu(x·Wᵀ + bias)}, with the weights of the last {@link #load}.
         *
         * @param x batch × in
         * @param y batch × out
         * @param workers who converts
         */
        void forward(PanelMatrix x, PanelMatrix y, Workers workers);

        /**
         * Computes {@code dx = dy·W}, zero where x is not above zero. Only of a layer that asks for it.
         *
         * @param dy batch × out
         * @param x batch × in, what the ReLU before put out
         * @param dx batch × in
         * @param workers who converts
         */
        void backwardInput(PanelMatrix dy, PanelMatrix x, PanelMatrix dx, Workers workers);
    }

    /**
     * The one that is installed and can be used.
     *
     * @return it, not yet opened
     * @throws InvalidConfigException with the reason, if there is none
     */
    static NmBackend find() {
        List<String> reasons = new ArrayList<>();
        try {
            for (NmBackend backend : ServiceLoader.load(NmBackend.class)) {
                Optional<String> reason = backend.unavailable();
                if (reason.isEmpty()) {
                    return backend;
                }
                reasons.add(backend.name() + ": " + reason.get());
            }
        } catch (ServiceConfigurationError e) {
            reasons.add(String.valueOf(e.getMessage()));
        }
        if (reasons.isEmpty()) {
            reasons.add("no module here provides one");
        }
        throw new InvalidConfigException(
                "--device",
                Device.GPU,
                "cannot be had here (" + String.join("; ", reasons) + ")",
                Device.CPU.toString());
    }
}
