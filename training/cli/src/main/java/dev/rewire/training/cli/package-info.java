/**
 * The command line: the command, its end, and where it saves. Options are in {@link dev.rewire.training.cli.option}, the dense network of a comparison in
 * {@link dev.rewire.training.cli.peer}, what is printed in {@link dev.rewire.training.cli.report}; everything that trains is in {@link dev.rewire.training}.
 */
@NullMarked
package dev.rewire.training.cli;

import org.jspecify.annotations.NullMarked;
