package dev.rewire.training.cli.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.rewire.training.DivergedException;

/**
 * How a network came to numbers that are none.
 *
 * @param network the method by which it is trained
 * @param step at which, from 1
 * @param layer in which, from 1
 * @param text what happened, for people
 */
public record Divergence(
        String network, long step, int layer, @JsonIgnore String text) {
    public static Divergence of(String network, DivergedException e) {
        return new Divergence(network, e.step(), e.layer(), "the " + network + " network " + e.getMessage());
    }
}
