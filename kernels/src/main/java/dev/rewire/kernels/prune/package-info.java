/** Which elements of a dense matrix to keep: functions that look at a matrix and give a pattern. */
@NullMarked
package dev.rewire.kernels.prune;

import org.jspecify.annotations.NullMarked;
