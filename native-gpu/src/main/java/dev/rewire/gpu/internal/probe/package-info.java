/** Finds out what a machine has of NVIDIA's, step by step, and keeps the libraries that it has opened. */
@NullMarked
package dev.rewire.gpu.internal.probe;

import org.jspecify.annotations.NullMarked;
