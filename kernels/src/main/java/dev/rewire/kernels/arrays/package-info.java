/**
 * Sparse matrices as other libraries hold them, in arrays of the Java heap: CSR, CSC, coordinates and BSR, from and to Rewire's own formats.
 * {@link dev.rewire.kernels.arrays.SparseArrays} is the start.
 *
 * {@snippet class="example.FromArrays"}
 */
@NullMarked
package dev.rewire.kernels.arrays;

import org.jspecify.annotations.NullMarked;
