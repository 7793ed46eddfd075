/**
 * The JMH benchmarks, run by {@code ./rewire jmh}. Nothing else of bench uses them, and they are not exported: JMH runs on the class path.
 */
@NullMarked
package dev.rewire.bench.jmh;

import org.jspecify.annotations.NullMarked;
