/** The commands that measure. */
@NullMarked
package dev.rewire.bench.cli;

import org.jspecify.annotations.NullMarked;
