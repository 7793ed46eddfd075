/** Values that a user sets and several rooms understand, and the error for those that are out of range. Knows no other room. */
@NullMarked
package dev.rewire.training.setting;

import org.jspecify.annotations.NullMarked;
