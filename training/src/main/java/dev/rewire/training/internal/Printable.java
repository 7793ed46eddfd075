package dev.rewire.training.internal;

/** Text of a file, or the name of one, as a message may hold it: on one line, and without what drives a terminal. */
public final class Printable {
    private Printable() {}

    /**
     * The text with control characters, those that reorder text and line separators as {@code \\u001b}.
     *
     * @param text any text
     * @return text that a terminal shows as it is
     */
    public static String of(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isPrintable(c)) {
                printable.appendCodePoint(c);
            } else {
                printable.append(String.format("\\u%04x", c));
            }
        });
        return printable.toString();
    }

    /**
     * The text on one line.
     *
     * @param text any text
     * @return text that a terminal shows as it is, its line breaks as blanks
     */
    public static String oneLine(String text) {
        return of(text.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    private static boolean isPrintable(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
