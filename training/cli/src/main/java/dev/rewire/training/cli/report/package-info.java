/** What a run tells people and programs: progress, tables, JSON. Knows the values of options, and who computed the dense network. */
@NullMarked
package dev.rewire.training.cli.report;

import org.jspecify.annotations.NullMarked;
