/**
 * What a network does to activations in panels besides products, forward and back: {@link dev.rewire.kernels.panel.Elementwise sums, masks and activations}, {@link
 * dev.rewire.kernels.panel.Dropout}, normalisation of {@link dev.rewire.kernels.panel.BatchNorm channels} and of {@link dev.rewire.kernels.panel.LayerNorm samples}, pooling by
 * {@link dev.rewire.kernels.panel.MaxPooling maxima} and {@link dev.rewire.kernels.panel.AveragePooling means}, the {@link dev.rewire.kernels.panel.SoftmaxLoss loss} of classes.
 *
 * <p>Images lie in a {@link dev.rewire.kernels.PanelMatrix} as {@link dev.rewire.kernels.FeatureMap} says. Whatever is written keeps what is zero in such panels: the margin of images, the lanes behind the last sample,
 * the features behind the last one. Sums have an order that depends neither on the workers nor on the width of vectors, so all results have the same bits for any number of workers and on all
 * processors, with vectors or without.
 *
 * {@snippet class="example.Normalize"}
 */
@NullMarked
package dev.rewire.kernels.panel;

import org.jspecify.annotations.NullMarked;
