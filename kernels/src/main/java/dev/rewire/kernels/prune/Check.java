package dev.rewire.kernels.prune;

import dev.rewire.kernels.DenseMatrix;

/** The wording of argument errors: the argument, its value, what is accepted. */
final class Check {
    private Check() {}

    static void range(String argument, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are " + least + " to " + most);
        }
    }

    static void alive(String argument, DenseMatrix matrix) {
        if (!matrix.segment().scope().isAlive()) {
            throw new IllegalStateException(argument + ": its arena is closed");
        }
    }
}
