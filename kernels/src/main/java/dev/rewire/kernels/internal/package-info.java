/** What a plan asks of a provider of kernels: {@code scalar} is the readable reference, {@code vector} the fast one. */
@NullMarked
package dev.rewire.kernels.internal;

import org.jspecify.annotations.NullMarked;
