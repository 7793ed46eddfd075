/**
 * The readable reference of every product, through checked memory access: the fallback, and what tests compare with. Loops run along the lanes of arrays
 * on the heap, because C2 makes vectors of those without the Vector API, and of loops over floats of segments it does not (JDK 25).
 */
@NullMarked
package dev.rewire.kernels.internal.scalar;

import org.jspecify.annotations.NullMarked;
