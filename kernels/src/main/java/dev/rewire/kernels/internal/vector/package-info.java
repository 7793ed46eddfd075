/** The Vector API kernels: the only place that imports {@code jdk.incubator.vector}. */
@NullMarked
package dev.rewire.kernels.internal.vector;

import org.jspecify.annotations.NullMarked;
