/** Loops that do nothing but what limits a product: multiply-adds, reading, writing. */
@NullMarked
package dev.rewire.kernels.internal.vector.ceiling;

import org.jspecify.annotations.NullMarked;
