package dev.rewire.kernels;

/**
 * Scaled dot-product self-attention (Vaswani et al., "Attention is all you need", 2017) of sequences of one length. For each head, with queries q, keys k and values v of d
 * features: {@code output(t) = Σⱼ softmaxⱼ(q(t)·k(j) / √d) · v(j)}, over all tokens j, or those up to t if it is causal.
 *
 * <p>A token is a sample of a {@link PanelMatrix}. Each sequence takes {@link #paddedLength} of them, so that none begins in the middle of a vector; those behind its length are
 * padding. Features of the operand that holds queries, keys and values: the queries of all heads, {@code d} features each, from 0 on; the keys from {@link #width} on, the values from 2·width on. A
 * product of width → 3·width outputs writes them so. The output has the heads next to each other, too.
 *
 * @param length tokens of a sequence, at least 1
 * @param heads how many, at least 1
 * @param headSize d, features of a head, at least 1
 * @param causal whether a token attends to itself and earlier ones alone
 */
public record AttentionShape(int length, int heads, int headSize, boolean causal) {
    /** Tokens of a sequence in one panel, at most. */
    static final int PART = 64;

    private static final int MOST_FEATURES = Integer.MAX_VALUE / 64 - 64;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if a size is out of range
     */
    public AttentionShape {
        Check.range("length", length, 1, 1 << 24);
        Check.range("heads", heads, 1, MOST_FEATURES / 3);
        Check.range("headSize", headSize, 1, MOST_FEATURES / 3);
        if (3L * heads * headSize > MOST_FEATURES) {
            throw new IllegalArgumentException("heads: " + heads + " of " + headSize + " features are "
                    + 3L * heads * headSize + " of queries, keys and values; accepted are at most " + MOST_FEATURES);
        }
    }

    /**
     * Samples that a sequence takes.
     *
     * @return 16, 32 or a multiple of 64, at least the length
     */
    public int paddedLength() {
        return length <= PART ? PanelMatrix.lanesFor(length) : Math.ceilDiv(length, PART) * PART;
    }

    /**
     * Features of the output.
     *
     * @return heads · headSize
     */
    public int width() {
        return heads * headSize;
    }

    /**
     * Samples that sequences take.
     *
     * @param sequences at least 0
     * @return rows of the operands
     * @throws IllegalArgumentException if a matrix cannot have so many
     */
    public int rows(int sequences) {
        Check.range("sequences", sequences, 0, (Integer.MAX_VALUE - 64) / paddedLength());
        return sequences * paddedLength();
    }

    /**
     * The sample of a token.
     *
     * @param sequence from 0
     * @param token from 0 to length − 1
     * @return its row in the operands
     * @throws IllegalArgumentException if there is no such token
     */
    public int row(int sequence, int token) {
        Check.range("token", token, 0, length - 1L);
        return rows(sequence) + token;
    }

    /** Panels that a sequence reaches into, one where it shares a panel. */
    int parts() {
        return Math.ceilDiv(length, PART);
    }

    /** Samples of a part. */
    int partSize() {
        return Math.min(PART, paddedLength());
    }

    /** Tokens of a part: all but the last are full. */
    int tokens(int part) {
        return Math.min(PART, length - part * PART);
    }

    /** Keys that the queries of a part may see. */
    int keys(int part) {
        return causal ? part * PART + tokens(part) : length;
    }

    /** Of them, those that its first query sees; each further one sees one more, up to all. */
    int seenByFirst(int part) {
        return causal ? part * PART + 1 : length;
    }

    /** Parts of keys that the queries of a part see. */
    int partsSeen(int part) {
        return causal ? part + 1 : parts();
    }

    /** Refuses an operand that does not hold whole sequences, at most so many, of the expected features in panels of these lanes. */
    void check(String name, PanelMatrix panels, int sequences, int cols, String meaning, int lanes) {
        int rows = panels.rows();
        int most = rows(sequences);
        if (rows <= most && rows % paddedLength() == 0 && panels.cols() == cols && panels.lanes() == lanes) {
            return;
        }
        Check.range(name + ".rows", rows, 0, most);
        if (rows % paddedLength() != 0) {
            throw new IllegalArgumentException(name + ".rows: " + rows + " does not fit; accepted are multiples of "
                    + paddedLength() + ", which a sequence of " + length + " takes");
        }
        Check.equal(name + ".cols", panels.cols(), cols, meaning);
        Check.equal(
                name + ".lanes", panels.lanes(), lanes, "those of the plan's panels; PanelMatrix.allocate takes them");
    }

    float scale() {
        return (float) (1 / Math.sqrt(headSize));
    }

    @Override
    public String toString() {
        return (causal ? "causal" : "full") + " attention over " + length + (length == 1 ? " token" : " tokens") + ", "
                + heads + (heads == 1 ? " head of " : " heads of ") + headSize;
    }
}
