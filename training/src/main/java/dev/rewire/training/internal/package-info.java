/** What the packages of this module share and do not export. */
@NullMarked
package dev.rewire.training.internal;

import org.jspecify.annotations.NullMarked;
