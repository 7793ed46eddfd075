/**
 * What this machine does when it is measured, with loops of our own in this JVM: {@link dev.rewire.kernels.measure.Measured} for all of it, {@link
 * dev.rewire.kernels.measure.MachineRates} for a single rate. What it says it could do is {@code dev.rewire.kernels.probe}'s.
 */
@NullMarked
package dev.rewire.kernels.measure;

import org.jspecify.annotations.NullMarked;
