/** Layers of convolutional nets, from images to images or features. Knows what a layer is, parameters and products. */
@NullMarked
package dev.rewire.training.layer.image;

import org.jspecify.annotations.NullMarked;
