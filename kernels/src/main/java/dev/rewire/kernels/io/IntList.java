package dev.rewire.kernels.io;

import java.util.Arrays;

/** An array that grows with what is read, never with what a file claims to hold. */
final class IntList {
    private int[] values = new int[1024];
    private int size;

    void add(int value) {
        if (size == values.length) {
            // Doubling stops at the longest array that a JVM allocates.
            values = Arrays.copyOf(values, (int) Math.min(2L * size, Integer.MAX_VALUE - 8));
        }
        values[size++] = value;
    }

    int get(int index) {
        return values[index];
    }

    int last() {
        return values[size - 1];
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
