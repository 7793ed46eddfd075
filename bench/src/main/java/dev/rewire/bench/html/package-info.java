/** Pages of HTML: text that is escaped, tables, and their one style. */
@NullMarked
package dev.rewire.bench.html;

import org.jspecify.annotations.NullMarked;
