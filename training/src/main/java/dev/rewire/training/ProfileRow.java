package dev.rewire.training;

/**
 * What a part of the steps took.
 *
 * @param part {@code NAME forward} and {@code NAME backward} of each layer without parts; {@code loading} of batches; {@code loss}, its gradient included; {@code optimizer}, clipping
 *     included; {@code rewiring}; and the {@code rest}, in which what layers with parts do themselves is
 * @param medianMillis median duration of the last 1024 times that it was done, in milliseconds, 0 if it never was
 * @param share of the time of all steps, 0 to 1
 */
public record ProfileRow(String part, double medianMillis, double share) {}
