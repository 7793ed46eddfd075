/** Networks that have a name: the presets of {@code --model}, and networks of one's own. Knows layers. */
@NullMarked
package dev.rewire.training.model;

import org.jspecify.annotations.NullMarked;
