/** Layers as graphs: which links a graph suggests, and which lead nowhere. Knows the patterns of kernels alone. */
@NullMarked
package dev.rewire.training.rewiring.topology;

import org.jspecify.annotations.NullMarked;
