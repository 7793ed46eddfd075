package dev.rewire.training.rewiring;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.parameter.Cells;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How many blocks grow in each layer, where layers grow by their weights' momentum: {@link GrowRule.Momentum}. */
final class Redistribution {
    private Redistribution() {}

    /**
     * Shares out what all layers dropped.
     *
     * @param layers in the order of the forward pass, before the exchange
     * @param dropped of each the numbers of its dropped blocks
     * @return how many grow in each
     */
    static int[] of(List<BlockRewiring> layers, List<int[]> dropped) {
        double[] scores = new double[layers.size()];
        int[] most = new int[layers.size()];
        int total = 0;
        for (int l = 0; l < most.length; l++) {
            BlockRewiring layer = layers.get(l);
            total += dropped.get(l).length;
            if (!layer.isFull()) {
                scores[l] = layer.meanScore();
                BlockPattern stored = layer.weights().values().pattern();
                // One place stays free, so that a layer that takes part goes on to; the source's code stops at 99 % of
                // what is free.
                int room = Math.min(layer.weights().mostBlocks(), Cells.count(stored) - 1);
                most[l] = room - (stored.blocks() - dropped.get(l).length);
            }
        }
        return shares(scores, most, total);
    }

    /**
     * Shares in proportion to scores, none above what fits; what is too much for one goes to the others in proportion.
     *
     * @param scores at least 0; if all are 0, or one is no number, all count alike
     * @param most of each, in sum at least the total
     * @param total at least 0
     * @return shares that add up to the total
     */
    static int[] shares(double[] scores, int[] most, int total) {
        int[] shares = new int[most.length];
        List<Integer> open = new ArrayList<>();
        for (int l = 0; l < most.length; l++) {
            if (most[l] > 0) {
                open.add(l);
            }
        }
        int left = total;
        while (true) {
            double sum = open.stream().mapToDouble(l -> scores[l]).sum();
            boolean alike = !(sum > 0 && sum < Double.POSITIVE_INFINITY);
            double[] exact = new double[most.length];
            for (int l : open) {
                exact[l] = alike ? (double) left / open.size() : left * (scores[l] / sum);
            }
            List<Integer> filled =
                    open.stream().filter(l -> exact[l] >= most[l]).toList();
            if (filled.isEmpty()) {
                round(exact, open, left, shares);
                return shares;
            }
            for (int l : filled) {
                shares[l] = most[l];
                left -= most[l];
            }
            open.removeAll(filled);
            if (open.isEmpty() || left <= 0) {
                return shares;
            }
        }
    }

    /** Down, and the rest to those that lose most by it; each is below what fits, so one more does. */
    private static void round(double[] exact, List<Integer> open, int total, int[] shares) {
        int left = total;
        for (int l : open) {
            shares[l] = (int) exact[l];
            left -= shares[l];
        }
        open.sort(
                Comparator.comparingDouble((Integer l) -> shares[l] - exact[l]).thenComparing(l -> l));
        for (int i = 0; i < left; i++) {
            shares[open.get(i)]++;
        }
    }
}
