package dev.rewire.training.internal;

import java.util.Objects;

/** Checks of arguments, with an error that names argument, value and what is accepted. */
public final class Arguments {
    private Arguments() {}

    public static void atLeastOne(String argument, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(argument + ": " + value + " is out of range; accepted are 1 and more");
        }
    }

    /** The whole numbers behind the first of some words; none if one of them is no number. */
    public static int[] numbers(String[] words) {
        int[] numbers = new int[words.length - 1];
        try {
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = Integer.parseInt(words[i + 1]);
            }
            return numbers;
        } catch (NumberFormatException e) {
            return new int[0];
        }
    }

    /** That a batch is one of a number of samples. */
    public static void batch(int[] numbers, int from, int count, int size) {
        Objects.checkFromIndexSize(from, count, numbers.length);
        for (int b = 0; b < count; b++) {
            if (numbers[from + b] < 0 || numbers[from + b] >= size) {
                throw new IndexOutOfBoundsException("numbers[" + (from + b) + "]: " + numbers[from + b]
                        + " is out of range; accepted are 0 to " + (size - 1));
            }
        }
    }

    /** That a target has {@code width} places of each sample, {@code stride} apart. */
    public static void places(int count, int stride, int width, int[] target) {
        if (stride < width) {
            throw new IllegalArgumentException("stride: " + stride + " is out of range; accepted are " + width
                    + " and more, the places of a sample");
        }
        if (count > 0) {
            Objects.checkFromIndexSize((count - 1) * (long) stride, width, target.length);
        }
    }
}
