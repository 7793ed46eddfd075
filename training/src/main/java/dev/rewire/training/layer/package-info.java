/**
 * What a layer is, and layers for anything; those of images and of sequences have packages of their own. A {@link dev.rewire.training.layer.Layer} describes: what it makes of a {@link dev.rewire.training.layer.Shape}, and which weights it has. Bound
 * to memory it is a {@link dev.rewire.training.layer.BoundLayer}, which runs forward and backward. A layer owns no loop, no threads and no file format. Knows
 * products, parameters and backends. A {@link dev.rewire.training.loss.Loss} is of what the last layer puts out.
 */
@NullMarked
package dev.rewire.training.layer;

import org.jspecify.annotations.NullMarked;
