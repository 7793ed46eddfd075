package dev.rewire.training.data;

import dev.rewire.training.internal.Arguments;

/** What is to be learned of a sample. */
public sealed interface TargetShape {
    /**
     * The shape as text.
     *
     * @return its kind and number, as {@code classes 10}
     */
    default String text() {
        return switch (this) {
            case Classes classes -> "classes " + classes.count();
            case TokenClasses classes -> "token-classes " + classes.count();
            case Values values -> "values " + values.count();
        };
    }

    /**
     * Reads a shape.
     *
     * @param text as {@link #text} has it
     * @return the shape
     * @throws IllegalArgumentException if it is none
     */
    static TargetShape parse(String text) {
        String[] words = text.split(" ", -1);
        int[] numbers = Arguments.numbers(words);
        return switch (words[0] + numbers.length) {
            case "classes1" -> new Classes(numbers[0]);
            case "token-classes1" -> new TokenClasses(numbers[0]);
            case "values1" -> new Values(numbers[0]);
            default ->
                throw new IllegalArgumentException(
                        "target: " + text + " is none; accepted are classes N, token-classes N, values N");
        };
    }

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
