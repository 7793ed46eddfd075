/**
 * NVIDIA's C functions as they are: a class for each library, a method for each function under its name in the header, status codes as
 * numbers. Device pointers and opaque handles are {@code long}, which no code of ours can dereference by accident; what lies in host memory
 * is a segment. Nothing here owns anything.
 */
@NullMarked
package dev.rewire.gpu.internal.binding;

import org.jspecify.annotations.NullMarked;
