/**
 * Labelled images for training: where they come from, how their files are read, how a batch of them is laid out.
 *
 * <p>Everything read here may come from anywhere. A malformed file ends in a
 * {@link dev.rewire.training.data.DataException} that names file, offset and reason, and never makes the reader
 * allocate more than the file can justify.
 */
@NullMarked
package dev.rewire.training.data;

import org.jspecify.annotations.NullMarked;
