/**
 * Which connections there are: distributions of sparsity, and rewiring as {@link dev.rewire.training.rewiring.DropRule} × {@link dev.rewire.training.rewiring.GrowRule} ×
 * {@link dev.rewire.training.rewiring.DropSchedule}; and the accounting of FLOPs. Works on parameters, whatever layer holds them, and asks {@link dev.rewire.training.parameter.GradientScores} for places that are not stored.
 */
@NullMarked
package dev.rewire.training.rewiring;

import org.jspecify.annotations.NullMarked;
