package dev.rewire.training.checkpoint;

import dev.rewire.training.parameter.LayerShape;
import dev.rewire.training.setting.SrSte;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says of a layer's weights.
 *
 * @param shape their shape
 * @param isNm whether they are N:M, and not in blocks
 * @param rule how masks are chosen where all weights are stored; null where those that are kept are
 */
public record LayerForm(
        LayerShape shape, boolean isNm, @Nullable SrSte rule) {}
