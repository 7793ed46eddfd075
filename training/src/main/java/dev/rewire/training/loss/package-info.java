/** What a network's output is held against, and the gradient from which its backward pass starts. Knows what lies between layers. */
@NullMarked
package dev.rewire.training.loss;

import org.jspecify.annotations.NullMarked;
