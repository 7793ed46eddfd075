/** Who may compute products in the place of the kernels: libraries for dense layers, devices for 2:4. Knows the settings. */
@NullMarked
package dev.rewire.training.backend;

import org.jspecify.annotations.NullMarked;
