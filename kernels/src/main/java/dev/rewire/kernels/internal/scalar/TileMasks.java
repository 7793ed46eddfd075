package dev.rewire.kernels.internal.scalar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The masks of an m × m tile that keep n elements of each row and of each column, and which of them keeps the most. */
public final class TileMasks {
    // Far above sums of 16 floats and of 16 infinities, and finite, so that sums can be compared.
    private static final double INFINITY = 0x1p200;
    private static final double NAN = 0x1p300;

    private static final TileMasks[] OF_2 = {new TileMasks(1, 2), new TileMasks(2, 2)};
    private static final TileMasks[] OF_4 = {
        new TileMasks(1, 4), new TileMasks(2, 4), new TileMasks(3, 4), new TileMasks(4, 4)
    };

    private final int m;

    /** What a row can keep, as bits, the lower indices first. */
    private final int[] choices;

    /** For each mask and row the place of its choice among the choices of all rows; masks with lower choices come first. */
    private final int[] places;

    /**
     * The masks of a tile.
     *
     * @param n elements kept of each row and of each column
     * @param m rows and columns: 2 or 4
     */
    public static TileMasks of(int n, int m) {
        return (m == 2 ? OF_2 : OF_4)[n - 1];
    }

    private TileMasks(int n, int m) {
        this.m = m;
        choices = choices(n, m);
        List<int[]> masks = new ArrayList<>();
        enumerate(n, new int[m], 0, new int[m], masks);
        places = masks.stream().flatMapToInt(Arrays::stream).toArray();
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
    public int count() {
        return places.length / m;
    }

    /** The bits that a mask keeps of a row. */
    public int bits(int mask, int row) {
        return choices[places[mask * m + row] - row * choices.length];
    }

    /** What a row can keep, as bits. */
    public int[] choices() {
        return choices.clone();
    }

    /** For each mask and row its choice among those of all rows, of which row r has the r-th {@code choices().length}. */
    public int[] places() {
        return places.clone();
    }

    /** The magnitude of an element, as a number whose sums can be compared. */
    public static double finite(float element) {
        float magnitude = Math.abs(element);
        return magnitude <= Float.MAX_VALUE ? magnitude : magnitude > 0 ? INFINITY : NAN;
    }

    /**
     * The mask that keeps the most of a tile; of equal ones the first.
     *
     * @param magnitudes m rows of a row of tiles; each element as {@link #finite} gives it
     * @param from first column of the tile
     * @return its number
     */
    public int best(double[][] magnitudes, int from) {
        double[] sums = new double[m * choices.length];
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
