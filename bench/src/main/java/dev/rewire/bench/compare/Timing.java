package dev.rewire.bench.compare;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a point took in one run.
 *
 * @param bestMs of the sparse product, in milliseconds
 * @param denseMs the best of each dense peer beside it
 * @param doubtful whether the run itself says that it was disturbed or suspect
 */
public record Timing(double bestMs, Map<String, Double> denseMs, boolean doubtful) {
    /** Copies the map. */
    public Timing {
        denseMs = Map.copyOf(denseMs);
    }

    /** The sparse product's time over that of the fastest peer whom the other run has, too. */
    OptionalDouble overDense(Timing other) {
        return denseMs.entrySet().stream()
                .filter(peer -> other.denseMs.containsKey(peer.getKey()))
                .mapToDouble(Map.Entry::getValue)
                .min()
                .stream()
                .map(dense -> bestMs / dense)
                .findFirst();
    }
}
