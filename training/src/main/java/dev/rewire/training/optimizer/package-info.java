/** How values follow their gradient, and the schedules of rates. Knows the parameters. */
@NullMarked
package dev.rewire.training.optimizer;

import org.jspecify.annotations.NullMarked;
