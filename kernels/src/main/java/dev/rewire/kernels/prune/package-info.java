/**
 * Which elements of a dense matrix to keep: functions that look at a matrix and give a pattern.
 *
 * {@snippet class="example.Prune"}
 */
@NullMarked
package dev.rewire.kernels.prune;

import org.jspecify.annotations.NullMarked;
