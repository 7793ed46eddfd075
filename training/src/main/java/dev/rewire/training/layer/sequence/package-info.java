/** Layers of transformers, from tokens to tokens. Knows what a layer is, and parameters. */
@NullMarked
package dev.rewire.training.layer.sequence;

import org.jspecify.annotations.NullMarked;
