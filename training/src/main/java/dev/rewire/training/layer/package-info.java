/**
 * Layers and losses: forward, backward to the input and to the parameters, on plans of the kernels or on backends. A layer owns no loop, no threads and no file
 * format. Knows parameters and backends.
 */
@NullMarked
package dev.rewire.training.layer;

import org.jspecify.annotations.NullMarked;
