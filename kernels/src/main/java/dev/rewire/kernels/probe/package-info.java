/**
 * What this machine offers, as the processor says it, as the JVM uses it and as Rewire uses it, with the source of each answer:
 * {@link dev.rewire.kernels.probe.Capabilities}. For bug reports, for results that are to be compared later, and for the kernels' own choices.
 *
 * <p>What is not known is a value of its own and never a guess; nothing here throws because a machine hides something.
 *
 * {@snippet class="example.Probe"}
 */
@NullMarked
package dev.rewire.kernels.probe;

import org.jspecify.annotations.NullMarked;
