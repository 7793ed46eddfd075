/**
 * Matrices from files, and in the formats of others:
 *
 * <ul>
 *   <li>sparse matrices, read and written: DLMC's {@code .smtx}, Matrix Market's {@code .mtx}, SciPy's {@code .npz}:
 *       {@link dev.rewire.kernels.io.SparseFile}; SciPy's in its own formats: {@link dev.rewire.kernels.io.Npz}
 *   <li>tensors: {@link dev.rewire.kernels.io.Safetensors} and {@link dev.rewire.kernels.io.SafetensorsWriter}; sparse matrices in them:
 *       {@link dev.rewire.kernels.io.SparseTensors}; N:M also as PyTorch has them for a GPU:
 *       {@link dev.rewire.kernels.io.SemiStructuredTensors}
 *   <li>the metadata of sparse tensor cores: {@link dev.rewire.kernels.io.DeviceMetadata}
 * </ul>
 *
 * <p>Files are taken for hostile: memory stays within a few times the size of the file (of what a {@code .npz} inflates to, which
 * is limited), and whatever is wrong is reported with its file, place
 * and reason, as a {@link dev.rewire.kernels.io.MatrixFileException}.
 *
 * {@snippet class="example.ReadAndWrite"}
 */
@NullMarked
package dev.rewire.kernels.io;

import org.jspecify.annotations.NullMarked;
