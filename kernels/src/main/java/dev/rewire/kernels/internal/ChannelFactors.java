package dev.rewire.kernels.internal;

/** What {@link ChannelKernels} need of each channel: {@code y = (x − center)·factor + shift} and {@code dx = factor·((dy − gradientMean) − (x − center)·slope)}. */
public final class ChannelFactors {
    /** Mean, or what is near it. */
    public final float[] center;

    /** Scale divided by the standard deviation. */
    public final float[] factor;

    /** What is added. */
    public final float[] shift;

    /** Mean of the gradient. */
    public final float[] gradientMean;

    /** Mean of the gradient times x − center, divided by the variance. */
    public final float[] slope;

    /** All zero. */
    public ChannelFactors(int channels) {
        center = new float[channels];
        factor = new float[channels];
        shift = new float[channels];
        gradientMean = new float[channels];
        slope = new float[channels];
    }
}
