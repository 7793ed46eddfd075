/** Layers. */
@NullMarked
package dev.rewire.training;

import org.jspecify.annotations.NullMarked;
