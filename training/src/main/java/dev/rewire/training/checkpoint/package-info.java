/** A run in a file: text, patterns, state, checksum. Knows the parameters' patterns; what the text says is for others. */
@NullMarked
package dev.rewire.training.checkpoint;

import org.jspecify.annotations.NullMarked;
