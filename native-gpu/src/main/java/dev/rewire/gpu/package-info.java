/**
 * NVIDIA GPUs, where there are any: what this machine offers, and 2:4 sparse products on it through cuSPARSELt. The first thing to ask:
 *
 * {@snippet class="example.WhatIsHere"}
 */
@NullMarked
package dev.rewire.gpu;

import org.jspecify.annotations.NullMarked;
