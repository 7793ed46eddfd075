/** Random numbers as a function of (seed, layer, step, purpose). Knows no other room. */
@NullMarked
package dev.rewire.training.random;

import org.jspecify.annotations.NullMarked;
