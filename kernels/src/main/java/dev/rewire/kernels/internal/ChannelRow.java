package dev.rewire.kernels.internal;

import java.lang.foreign.MemorySegment;

/** Some channels of some positions of a panel, which one worker hands to {@link ChannelKernels}. */
public final class ChannelRow {
    /** Byte offset of the first channel at the first position, in all operands. */
    public long offset;

    /** How many positions. */
    public int positions;

    /** Bytes from one position to the next. */
    public long positionBytes;

    /** The first channel. */
    public int channel;

    /** How many channels. */
    public int channels;

    /** Samples of a panel: 16, 32 or 64. */
    public int lanes;

    /** Lanes that hold samples, at least 1. */
    public int samples;

    /** Sums of the channels, {@link ChannelKernels#SUMS} floats each. */
    public final float[] sums;

    /** What is read and written. */
    public MemorySegment x = MemorySegment.NULL;

    /** The output of a forward pass. */
    public MemorySegment y = MemorySegment.NULL;

    /** What is added to normalised values. */
    public MemorySegment addend = MemorySegment.NULL;

    /** Gradient of the output. */
    public MemorySegment dy = MemorySegment.NULL;

    /** Gradient of the input. */
    public MemorySegment dx = MemorySegment.NULL;

    /** What masks the gradient of the input; {@link MemorySegment#NULL} for nothing. */
    public MemorySegment mask = MemorySegment.NULL;

    /** With room for the sums of so many channels. */
    public ChannelRow(int mostChannels) {
        sums = new float[mostChannels * ChannelKernels.SUMS];
    }
}
