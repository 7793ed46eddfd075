/**
 * Matrices from files, and in the formats of others:
 *
 * <ul>
 *   <li>sparse matrices: DLMC's {@code .smtx} and Matrix Market's {@code .mtx}, {@link dev.rewire.kernels.io.SparseFile}
 *   <li>tensors: {@link dev.rewire.kernels.io.Safetensors} and {@link dev.rewire.kernels.io.SafetensorsWriter}; N:M matrices in them, also as
 *       PyTorch has them for a GPU: {@link dev.rewire.kernels.io.SemiStructuredTensors}
 *   <li>the metadata of sparse tensor cores: {@link dev.rewire.kernels.io.DeviceMetadata}
 * </ul>
 *
 * <p>Files are taken for hostile: memory stays within a few times the size of the file, and whatever is wrong is reported with its file, place
 * and reason, as a {@link dev.rewire.kernels.io.MatrixFileException}.
 */
@NullMarked
package dev.rewire.kernels.io;

import org.jspecify.annotations.NullMarked;
