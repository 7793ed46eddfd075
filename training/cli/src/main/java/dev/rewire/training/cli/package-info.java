/** The command line: options, progress, reports. Everything that trains is in {@link dev.rewire.training}. */
@NullMarked
package dev.rewire.training.cli;

import org.jspecify.annotations.NullMarked;
