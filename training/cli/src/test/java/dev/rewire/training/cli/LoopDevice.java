package dev.rewire.training.cli;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.kernels.Workers;
import dev.rewire.training.backend.NmBackend;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A device of loops, for forward products. */
public final class LoopDevice implements NmBackend {
    static final String NAME = "loops";

    /** Why it is not to be had, for tests of that; null if it is. */
    static @Nullable String reason;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> unavailable() {
        return Optional.ofNullable(reason);
    }

    @Override
    public Session open() {
        return new Session() {
            @Override
            public Map<String, String> environment() {
                return Map.of("device", "loops");
            }

            @Override
            public Product product(Layer layer) {
                return new Loops(layer);
            }

            @Override
            public void close() {}
        };
    }

    private record Loops(Layer layer) implements Product {
        @Override
        public void load(Workers workers) {}

        @Override
        public void forward(PanelMatrix x, PanelMatrix y, Workers workers) {
            for (int sample = 0; sample < layer.batch(); sample++) {
                for (int row = 0; row < y.cols(); row++) {
                    float sum = layer.bias().get(0, row);
                    for (int col = 0; col < x.cols(); col++) {
                        sum += layer.weights().get(row, col) * x.get(sample, col);
                    }
                    y.set(sample, row, layer.relu() ? Math.max(0, sum) : sum);
                }
            }
        }

        @Override
        public void backwardInput(PanelMatrix dy, PanelMatrix x, PanelMatrix dx, Workers workers) {
            throw new UnsupportedOperationException("no test trains with transposable masks");
        }
    }
}
