package dev.rewire.training.cli.runs;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.training.cli.page.Html;
import dev.rewire.training.data.SampleShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the connections of some weights are, as pictures.
 *
 * @param weights their name
 * @param pictures before and after
 * @param size outputs and inputs
 * @param darkest what the full colour stands for
 */
record Topology(String weights, List<Shown> pictures, String size, String darkest) {
    /** Pixels of a side, at most. */
    private static final int MOST = 160;

    /**
     * A picture.
     *
     * @param title what it shows
     * @param source where from
     * @param pixels whether it is of the pixels of a sample
     */
    record Shown(String title, String source, boolean pixels) {}

    /**
     * Draws weights.
     *
     * @param weights their name
     * @param before where they were; nothing if that is not known
     * @param after where they are
     * @param image what a sample is, if these read it; null otherwise
     */
    static Topology of(
            String weights, Optional<BlockPattern> before, BlockPattern after, SampleShape.@Nullable Image image) {
        List<BlockPattern> patterns = new ArrayList<>();
        before.filter(p -> p.rows() == after.rows() && p.cols() == after.cols()).ifPresent(patterns::add);
        patterns.add(after);
        List<double[][]> shares =
                patterns.stream().map(p -> Density.of(p, MOST)).toList();
        double full =
                Math.max(1e-9, shares.stream().mapToDouble(Density::most).max().orElse(1));
        List<Shown> pictures = new ArrayList<>();
        for (int p = 0; p < patterns.size(); p++) {
            pictures.add(new Shown(title(p, patterns.size()), Picture.source(shares.get(p), full), false));
        }
        if (image != null && (long) image.height() * image.width() * image.channels() == after.cols()) {
            addInputs(patterns, image, pictures);
        }
        return new Topology(
                weights,
                pictures,
                after.rows() + " outputs × " + after.cols() + " inputs",
                Html.percent(full) + " of its places");
    }

    private static String title(int number, int of) {
        return of == 1 || number == 1 ? "after" : "before";
    }

    private static void addInputs(List<BlockPattern> patterns, SampleShape.Image image, List<Shown> pictures) {
        List<double[][]> inputs = patterns.stream().map(p -> inputs(p, image)).toList();
        double most =
                Math.max(1, inputs.stream().mapToDouble(Density::most).max().orElse(1));
        for (int p = 0; p < inputs.size(); p++) {
            pictures.add(new Shown(
                    "connections of each pixel " + title(p, inputs.size()) + ", " + (long) least(inputs.get(p)) + " to "
                            + (long) Density.most(inputs.get(p)),
                    Picture.source(inputs.get(p), most),
                    true));
        }
    }

    private static double least(double[][] numbers) {
        return Arrays.stream(numbers).flatMapToDouble(Arrays::stream).min().orElse(0);
    }

    private static double[][] inputs(BlockPattern pattern, SampleShape.Image image) {
        int[] counts = Density.ofColumns(pattern);
        double[][] pixels = new double[image.height()][image.width()];
        for (int input = 0; input < counts.length; input++) {
            int pixel = input / image.channels();
            pixels[pixel / image.width()][pixel % image.width()] += counts[input];
        }
        return pixels;
    }

    String html() {
        StringBuilder html = new StringBuilder("<figure class=\"topology\">\n<div class=\"pictures\">\n");
        for (Shown shown : pictures) {
            html.append("<div><img")
                    .append(shown.pixels() ? " class=\"pixels\"" : "")
                    .append(" alt=\"")
                    .append(Html.escape(weights + ", " + shown.title()))
                    .append("\" src=\"")
                    .append(shown.source())
                    .append("\"><span>")
                    .append(Html.escape(shown.title()))
                    .append("</span></div>\n");
        }
        return html.append("</div>\n<figcaption>")
                .append(Html.escape(weights + ": " + size + ", full colour is " + darkest))
                .append("</figcaption>\n</figure>\n")
                .toString();
    }
}
