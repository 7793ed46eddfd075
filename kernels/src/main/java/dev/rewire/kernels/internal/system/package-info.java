/** What the system and the JVM say of themselves, read and not judged: files, one function of libc, flags. Nothing here throws. */
@NullMarked
package dev.rewire.kernels.internal.system;

import org.jspecify.annotations.NullMarked;
