/**
 * Training of networks that are sparse from their first step: layers on block-sparse or N:M weights, their optimisers, and the rewiring that moves
 * connections as the network learns.
 *
 * <p>A {@link dev.rewire.training.TrainingRun} is made from a {@link dev.rewire.training.TrainingConfig} and samples; it trains epoch by
 * epoch, evaluates and predicts, is saved and resumed, and says where it stands in a {@link dev.rewire.training.RunSummary}:
 *
 * {@snippet class="example.Train"}
 *
 * <p>Who owns the loop takes a {@link dev.rewire.training.Network} instead. A network of one's own is a {@link dev.rewire.training.layer.Layer} in a
 * {@link dev.rewire.training.model.Model}, rules of one's own are {@link dev.rewire.training.rewiring.Rules}, samples of one's own
 * {@link dev.rewire.training.data.ArraySamples}. Checkpoints hold no code: such a run is resumed with its configuration.
 *
 * <p>Settings are in {@link dev.rewire.training.setting}, {@link dev.rewire.training.rewiring} and {@link dev.rewire.training.optimizer}. This package knows all others, and none of them
 * knows it.
 *
 * <p>Weights, gradients and every slot of the optimiser lie off-heap on one pattern for each layer; activations stay in panels from the
 * input to the loss. Each random choice is a function of (seed, layer, step, purpose), so neither the number of threads nor an interruption
 * changes a run.
 */
@NullMarked
package dev.rewire.training;

import org.jspecify.annotations.NullMarked;
