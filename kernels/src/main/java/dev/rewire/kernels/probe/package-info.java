/** What this machine offers, what the JVM makes of it, and what it does when it is measured. */
@NullMarked
package dev.rewire.kernels.probe;

import org.jspecify.annotations.NullMarked;
