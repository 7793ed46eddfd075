/** One page of runs, side by side: what each told while it trained, as charts, pictures and tables. */
@NullMarked
package dev.rewire.training.cli.runs;

import org.jspecify.annotations.NullMarked;
