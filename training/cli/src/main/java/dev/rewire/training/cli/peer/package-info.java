/** The dense network that a sparse one is compared with, and who computes it. Knows the options' errors. */
@NullMarked
package dev.rewire.training.cli.peer;

import org.jspecify.annotations.NullMarked;
