/** The atlas: where in the space of products, formats, sparsities, batches and shapes a sparse product is the faster one, and how sure that is. */
@NullMarked
package dev.rewire.bench.atlas;

import org.jspecify.annotations.NullMarked;
