/**
 * What is trained: values, gradient and the slots of the optimiser on one pattern, dense, in blocks, N:M, or under the masks of SR-STE; and what a parameter
 * has to be told or asks: {@link dev.rewire.training.parameter.UpdateRule}, {@link dev.rewire.training.parameter.ParameterListener},
 * {@link dev.rewire.training.parameter.GradientScores}. Knows the random numbers and settings; neither layers nor optimisers nor rules.
 */
@NullMarked
package dev.rewire.training.parameter;

import org.jspecify.annotations.NullMarked;
