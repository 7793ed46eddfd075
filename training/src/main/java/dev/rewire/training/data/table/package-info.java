/** Tables: {@link dev.rewire.training.data.table.CsvTable}, whose columns become features and targets. */
@NullMarked
package dev.rewire.training.data.table;

import org.jspecify.annotations.NullMarked;
