/**
 * The products of a layer with its weights, and that with the gradient of its output which gives theirs: on plans of the kernels, on a library, or on a device.
 * Knows parameters and backends.
 */
@NullMarked
package dev.rewire.training.product;

import org.jspecify.annotations.NullMarked;
