package dev.rewire.kernels.probe;

import java.util.Locale;

/**
 * Yes, no or unknown, and who says so.
 *
 * @param value the answer
 * @param source where it comes from, or why it is so, in a few words
 */
public record Answer(Value value, String source) {
    /** What an answer can be. */
    public enum Value {
        /** It is so. */
        YES,
        /** It is not so. */
        NO,
        /** Nothing that was asked could tell. */
        UNKNOWN;

        /** In lower case, as in JSON. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An answer that is known.
     *
     * @param yes whether it is so
     * @param source who says so
     * @return the answer
     */
    public static Answer of(boolean yes, String source) {
        return new Answer(yes ? Value.YES : Value.NO, source);
    }

    /**
     * No answer.
     *
     * @param reason why not
     * @return unknown
     */
    public static Answer unknown(String reason) {
        return new Answer(Value.UNKNOWN, reason);
    }

    /**
     * Whether it is known to be so.
     *
     * @return whether the answer is yes
     */
    public boolean isYes() {
        return value == Value.YES;
    }

    /**
     * Whether it is known not to be so.
     *
     * @return whether the answer is no
     */
    public boolean isNo() {
        return value == Value.NO;
    }
}
