/**
 * Where data come from: the values of {@code --data}, the folders where published sets are looked for, and how those are fetched.
 * {@link dev.rewire.training.data.source.DataSource} is where to begin.
 */
@NullMarked
package dev.rewire.training.data.source;

import org.jspecify.annotations.NullMarked;
