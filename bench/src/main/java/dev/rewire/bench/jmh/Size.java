package dev.rewire.bench.jmh;

/** Two sides, as the parameters of benchmarks give them: {@code 3072x768}. */
record Size(int rows, int cols) {
    static Size parse(String text) {
        int cut = text.indexOf('x');
        if (cut < 0) {
            throw new IllegalArgumentException(text + ": accepted are two numbers with an x between, as 16x16");
        }
        return new Size(Integer.parseInt(text.substring(0, cut)), Integer.parseInt(text.substring(cut + 1)));
    }
}
