/** What runs on a GPU: training's device, {@code spmm --device gpu}, the table of {@code bench --gpu}, and the trial of a machine. */
@NullMarked
package dev.rewire.bench.gpu;

import org.jspecify.annotations.NullMarked;
