/** What the loop needs around a network: the order of samples, batches, times, hashes. Not exported. */
@NullMarked
package dev.rewire.training.loop;

import org.jspecify.annotations.NullMarked;
