/** Pages of HTML, of this module and of the benchmark: text that is escaped, tables, charts, and their one style. */
@NullMarked
package dev.rewire.training.cli.page;

import org.jspecify.annotations.NullMarked;
