package dev.rewire.training;

import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.LabelledImages;
import dev.rewire.training.data.PixelScale;
import java.lang.foreign.MemorySegment;

/** Puts batches of images into the input of a network, and their labels beside it. */
final class Batches {
    private final PixelScale scale;
    private final PanelMatrix input;
    private final MemorySegment[] panels;
    private final int[] labels;

    /** Batches for an input, whose rows are their size, and whose columns are the pixels of an image. */
    Batches(PixelScale scale, PanelMatrix input) {
        this.scale = scale;
        this.input = input;
        labels = new int[input.rows()];
        panels = new MemorySegment[input.panels()];
        long bytes = input.panelStride() * Float.BYTES;
        for (int panel = 0; panel < panels.length; panel++) {
            panels[panel] = input.segment().asSlice(panel * bytes, bytes);
        }
    }

    /**
     * Loads images. Places of the batch that are left over keep what they held.
     *
     * @param images where they come from
     * @param order numbers of images
     * @param from place in the order of the first
     * @param count how many, at most the batch
     */
    void load(LabelledImages images, int[] order, int from, int count) {
        int lanes = input.lanes();
        for (int panel = 0; panel * lanes < count; panel++) {
            int first = panel * lanes;
            images.copy(order, from + first, Math.min(lanes, count - first), scale, panels[panel], 1, lanes);
        }
        images.copyLabels(order, from, count, labels);
    }

    /** The classes of the images loaded last. */
    int[] labels() {
        return labels;
    }
}
