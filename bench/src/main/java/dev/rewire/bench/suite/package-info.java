/** The suite of {@code rewire bench}: what it measures, and the page that it makes of it. */
@NullMarked
package dev.rewire.bench.suite;

import org.jspecify.annotations.NullMarked;
