/** Options and their values, read into settings and data; bad ones become one line. Knows none of the other packages. */
@NullMarked
package dev.rewire.training.cli.option;

import org.jspecify.annotations.NullMarked;
