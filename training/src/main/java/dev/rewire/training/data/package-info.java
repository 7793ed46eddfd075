/**
 * What a training loop learns from: {@link dev.rewire.training.data.Samples}, which write batches where a network wants them, and what they are read from: IDX and
 * CIFAR's images, characters of a text, arrays of one's own; tables are in {@link dev.rewire.training.data.table}.
 *
 * <p>Everything read here may come from anywhere. A malformed file ends in a
 * {@link dev.rewire.training.data.DataException} that names file, place and reason, and never makes the reader
 * allocate more than the file can justify.
 */
@NullMarked
package dev.rewire.training.data;

import org.jspecify.annotations.NullMarked;
