/** What a rewiring tells of itself, to whoever asks. Knows rewirings and the parameters that they exchange. */
@NullMarked
package dev.rewire.training.rewiring.watch;

import org.jspecify.annotations.NullMarked;
