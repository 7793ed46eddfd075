package dev.rewire.training.layer;

import dev.rewire.kernels.PanelMatrix;

/** A layer whose passes are timed while the network learns; only where somebody wants to know, since asking for the time costs some, too. */
final class TimedLayer implements BoundLayer {
    private final BoundLayer layer;
    private final int number;
    private final LayerTimes times;

    TimedLayer(BoundLayer layer, int number, LayerTimes times) {
        this.layer = layer;
        this.number = number;
        this.times = times;
    }

    @Override
    public Activations output() {
        return layer.output();
    }

    @Override
    public void forward(long step, boolean training) {
        long start = System.nanoTime();
        layer.forward(step, training);
        if (training) {
            times.add(number, false, System.nanoTime() - start);
        }
    }

    @Override
    public void backward(boolean parameters) {
        long start = System.nanoTime();
        layer.backward(parameters);
        times.add(number, true, System.nanoTime() - start);
    }

    @Override
    public boolean adds(PanelMatrix addend, boolean relu) {
        return layer.adds(addend, relu);
    }

    @Override
    public boolean addsToGradient(PanelMatrix addend) {
        return layer.addsToGradient(addend);
    }

    @Override
    public String plan() {
        return layer.plan();
    }
}
