package dev.rewire.bench.atlas;

import java.util.ArrayList;
import java.util.List;

/** An order in which any beginning is spread over the whole. */
final class CoarseOrder {
    private static final double GOLDEN = (1 + Math.sqrt(5)) / 2;

    private CoarseOrder() {}

    /** The elements in steps of about the golden section of their number, which leaves the most even gaps. */
    static <T> List<T> of(List<T> elements) {
        int size = elements.size();
        int step = (int) Math.round(size / GOLDEN);
        while (size > 1 && gcd(size, step) > 1) {
            step++;
        }
        List<T> order = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            order.add(elements.get((int) ((long) i * step % size)));
        }
        return order;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
