package dev.rewire.training.layer;

import dev.rewire.training.layer.image.Conv2d;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Conv2dTest {
    @ParameterizedTest
    @CsvSource({
        "5, 7, 3, 4, 3, 1, 1, 1, 1, 0.4, 5",
        "6, 5, 4, 8, 3, 2, 1, 4, 2, 0.5, 17",
        "7, 7, 8, 5, 1, 2, 0, 2, 8, 0.5, 3",
        "8, 8, 1, 6, 5, 1, 2, 1, 1, 1, 33",
        "4, 4, 6, 16, 3, 1, 1, 8, 3, 0.6, 66",
        "5, 5, 2, 3, 5, 3, 2, 1, 1, 0.5, 2"
    })
    void outputAndGradientsAreThoseOfTheDefinition(
            int height,
            int width,
            int in,
            int out,
            int window,
            int stride,
            int padding,
            int blockRows,
            int blockCols,
            double density,
            int batch) {
        Shape.Image image = new Shape.Image(height, width, in);
        Conv2d layer = new Conv2d(out, window, stride, padding);

        LayerContract.of(layer, image, batch)
                .blocks(blockRows, blockCols, density)
                .check((x, parameters) -> convolve(layer, image, x, parameters), 2e-5);
    }

    static List<double[]> convolve(Conv2d layer, Shape.Image image, List<double[]> samples, List<double[]> parameters) {
        int height = (image.height() + 2 * layer.padding() - layer.window()) / layer.stride() + 1;
        int width = (image.width() + 2 * layer.padding() - layer.window()) / layer.stride() + 1;
        double[] w = parameters.get(0);
        int cols = w.length / layer.channels();
        List<double[]> outputs = new ArrayList<>();
        for (double[] sample : samples) {
            double[] output = new double[height * width * layer.channels()];
            outputs.add(output);
            for (int i = 0; i < output.length; i++) {
                int channel = i % layer.channels();
                int position = i / layer.channels();
                double sum = layer.bias() ? parameters.get(1)[channel] : 0;
                for (int col = 0; col < cols; col++) {
                    int tap = col / image.channels();
                    int y = position / width * layer.stride() - layer.padding() + tap / layer.window();
                    int x = position % width * layer.stride() - layer.padding() + tap % layer.window();
                    if (y >= 0 && y < image.height() && x >= 0 && x < image.width()) {
                        sum += w[channel * cols + col]
                                * sample[(y * image.width() + x) * image.channels() + col % image.channels()];
                    }
                }
                output[i] = sum;
            }
        }
        return outputs;
    }
}
