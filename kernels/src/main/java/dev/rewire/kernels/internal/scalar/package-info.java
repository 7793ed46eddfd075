/** The readable reference of every product, through checked memory access: the fallback, and what tests compare with. */
@NullMarked
package dev.rewire.kernels.internal.scalar;

import org.jspecify.annotations.NullMarked;
