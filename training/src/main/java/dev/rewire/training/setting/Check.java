package dev.rewire.training.setting;

/** Refuses arguments. */
public final class Check {
    private Check() {}

    /**
     * Refuses numbers below 1.
     *
     * @param argument its name
     * @param value the number
     * @return the value
     * @throws IllegalArgumentException if it is below 1
     */
    public static int positive(String argument, int value) {
        return atLeast(argument, value, 1);
    }

    /**
     * Refuses numbers that are too small.
     *
     * @param argument its name
     * @param value the number
     * @param least the smallest that is accepted
     * @return the value
     * @throws IllegalArgumentException if it is below
     */
    public static int atLeast(String argument, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(
                    argument + ": " + value + " is out of range; accepted are " + least + " and more");
        }
        return value;
    }
}
