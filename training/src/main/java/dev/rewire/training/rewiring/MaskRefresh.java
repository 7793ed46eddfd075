package dev.rewire.training.rewiring;

import dev.rewire.kernels.NmPattern;
import dev.rewire.training.parameter.MaskedParameter;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** The rewiring of weights that are all stored: its mask is chosen anew. */
public final class MaskRefresh extends ParameterRewiring {
    private final MaskedParameter weights;

    // The mask up to which the record of places goes, and how it is packed.
    private @Nullable NmPattern recorded;
    private byte[] packed = new byte[0];

    private long flips = -1;

    /** As {@link ParameterRewiring#of}. */
    MaskRefresh(MaskedParameter weights) {
        super(weights);
        this.weights = weights;
    }

    @Override
    public void apply(long step) {
        record();
        weights.chooseMask();
        flips = record();
    }

    /** Not before the first weights were drawn is there a mask to record. */
    @Override
    public BitSet explored() {
        record();
        return super.explored();
    }

    /** {@return how many weights the last choice masked or unmasked, −1 before the first} */
    public long flips() {
        return flips;
    }

    /** Marks the places of the mask, and says at how many it differs from the one before. */
    @SuppressWarnings("ReferenceEquality") // patterns are immutable: the same object needs no look
    private long record() {
        NmPattern mask = weights.pattern().pattern();
        NmPattern before = recorded;
        if (mask == before) {
            return 0;
        }
        byte[] next = mask.packed();
        long changed = 0;
        if (before == null) {
            weights.pattern().mark(super.explored());
        } else {
            for (int row = 0; row < mask.rows(); row++) {
                changed += record(row, before, mask, next);
            }
        }
        recorded = mask;
        packed = next;
        return changed;
    }

    /** Few groups change, and those lie where the packed indices do. */
    private long record(int row, NmPattern before, NmPattern mask, byte[] next) {
        int rowBytes = mask.rowBytes();
        int first = row * rowBytes;
        int groupBits = mask.n() * mask.indexBits();
        long changed = 0;
        int group = 0;
        for (int i = differing(next, first, rowBytes, 0); i < rowBytes; i = differing(next, first, rowBytes, i + 1)) {
            int end = Math.min(mask.groups(), ((i + 1) * Byte.SIZE - 1) / groupBits + 1);
            for (group = Math.max(group, i * Byte.SIZE / groupBits); group < end; group++) {
                int now = NmExchange.mask(mask, row, group);
                int flipped = now ^ NmExchange.mask(before, row, group);
                changed += Integer.bitCount(flipped);
                for (int grown = flipped & now; grown != 0; grown &= grown - 1) {
                    super.explored().set(row * mask.cols() + group * mask.m() + Integer.numberOfTrailingZeros(grown));
                }
            }
        }
        return changed;
    }

    /** The next byte of a row in which the masks differ, or the number of its bytes. */
    private int differing(byte[] next, int first, int rowBytes, int from) {
        int distance = Arrays.mismatch(packed, first + from, first + rowBytes, next, first + from, first + rowBytes);
        return distance < 0 ? rowBytes : from + distance;
    }
}
