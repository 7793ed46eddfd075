package dev.rewire.training.data;

import dev.rewire.training.internal.Arguments;

/** What is to be learned of a sample. */
public sealed interface TargetShape {
    /**
     * The class of a sample.
     *
     * @param count how many classes there are, at least 1: each is 0 to count &minus; 1
     */
    record Classes(int count) implements TargetShape {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Classes {
            Arguments.atLeastOne("classes", count);
        }
    }

    /**
     * The class of each token of a sample, as the token that follows it.
     *
     * @param count how many classes there are, at least 1: each is 0 to count &minus; 1
     */
    record TokenClasses(int count) implements TargetShape {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public TokenClasses {
            Arguments.atLeastOne("classes", count);
        }
    }

    /**
     * Numbers: regression.
     *
     * @param count how many of a sample, at least 1
     */
    record Values(int count) implements TargetShape {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Values {
            Arguments.atLeastOne("values", count);
        }
    }
}
