/** Results of two runs of {@code rewire bench} side by side: what got slower, what got faster, what is missing. */
@NullMarked
package dev.rewire.bench.compare;

import org.jspecify.annotations.NullMarked;
