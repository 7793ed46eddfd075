/** What a run tells while it trains: JSON lines, one for each epoch, rewiring and stretch of steps. */
@NullMarked
package dev.rewire.training.cli.metrics;

import org.jspecify.annotations.NullMarked;
