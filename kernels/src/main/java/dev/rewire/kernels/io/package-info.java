/**
 * Sparse matrices from files: DLMC's {@code .smtx} and Matrix Market's {@code .mtx}. Files are taken for hostile: memory stays within a few
 * times the size of the file, and whatever is wrong is reported with its file, line and reason, as a {@link
 * dev.rewire.kernels.io.MatrixFileException}.
 */
@NullMarked
package dev.rewire.kernels.io;

import org.jspecify.annotations.NullMarked;
