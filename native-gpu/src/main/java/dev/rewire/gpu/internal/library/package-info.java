/** Shared libraries: opened by name or path, with the loader's own words where that fails. */
@NullMarked
package dev.rewire.gpu.internal.library;

import org.jspecify.annotations.NullMarked;
