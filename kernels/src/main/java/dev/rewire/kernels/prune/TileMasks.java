package dev.rewire.kernels.prune;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The masks of an m × m tile that keep n elements of each row and of each column, and which of them keeps the most. */
final class TileMasks {
    // Far above sums of 16 floats and of 16 infinities, and finite, so that sums can be compared.
    private static final double INFINITY = 0x1p200;
    private static final double NAN = 0x1p300;

    private final int m;

    /** What a row can keep, as bits, the lower indices first. */
    private final int[] choices;

    /** For each mask and row the place of its choice in {@link #sums}; masks with lower choices come first. */
    private final int[] places;

    /** For each row of a tile and each choice what it keeps. */
    private final double[] sums;

    TileMasks(int n, int m) {
        this.m = m;
        choices = choices(n, m);
        List<int[]> masks = new ArrayList<>();
        enumerate(n, new int[m], 0, new int[m], masks);
        places = masks.stream().flatMapToInt(Arrays::stream).toArray();
        sums = new double[m * choices.length];
    }

    private static int[] choices(int n, int m) {
        int[] choices = new int[1 << m];
        int count = 0;
        for (int mirrored = (1 << m) - 1; mirrored >= 0; mirrored--) {
            if (Integer.bitCount(mirrored) == n) {
                choices[count++] = Integer.reverse(mirrored) >>> (Integer.SIZE - m);
            }
        }
        return Arrays.copyOf(choices, count);
    }

    private void enumerate(int n, int[] mask, int row, int[] keptOfCol, List<int[]> masks) {
        if (row == m) {
            masks.add(mask.clone());
            return;
        }
        for (int choice = 0; choice < choices.length; choice++) {
            int[] kept = keptOfCol.clone();
            boolean fits = true;
            for (int col = 0; col < m; col++) {
                kept[col] += (choices[choice] >>> col) & 1;
                fits &= kept[col] <= n;
            }
            if (fits) {
                mask[row] = row * choices.length + choice;
                // All m rows keep n · m elements, so columns that keep at most n keep n.
                enumerate(n, mask, row + 1, kept, masks);
            }
        }
    }

    /** How many masks there are. */
    int count() {
        return places.length / m;
    }

    /** The bits that a mask keeps of a row. */
    int bits(int mask, int row) {
        return choices[places[mask * m + row] - row * choices.length];
    }

    /** The magnitudes of elements, as numbers whose sums can be compared. */
    static void finite(float[] elements, double[] magnitudes) {
        for (int i = 0; i < magnitudes.length; i++) {
            float magnitude = Math.abs(elements[i]);
            magnitudes[i] = magnitude <= Float.MAX_VALUE ? magnitude : magnitude > 0 ? INFINITY : NAN;
        }
    }

    /**
     * Chooses for a row of tiles.
     *
     * @param magnitudes m rows
     * @param masks m rows, filled with what each tile keeps of that row
     */
    void select(double[][] magnitudes, int[][] masks) {
        for (int tile = 0; tile < masks[0].length; tile++) {
            int best = best(magnitudes, tile * m);
            for (int row = 0; row < m; row++) {
                masks[row][tile] = bits(best, row);
            }
        }
    }

    private int best(double[][] magnitudes, int from) {
        for (int row = 0, next = 0; row < m; row++) {
            for (int choice : choices) {
                double sum = 0;
                for (int rest = choice; rest != 0; rest &= rest - 1) {
                    sum += magnitudes[row][from + Integer.numberOfTrailingZeros(rest)];
                }
                sums[next++] = sum;
            }
        }
        int best = 0;
        double most = -1;
        for (int place = 0; place < places.length; place += m) {
            double sum = sums[places[place]] + sums[places[place + 1]];
            if (m == 4) {
                sum += sums[places[place + 2]] + sums[places[place + 3]];
            }
            if (sum > most) {
                most = sum;
                best = place;
            }
        }
        return best / m;
    }
}
