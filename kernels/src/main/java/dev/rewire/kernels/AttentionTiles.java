package dev.rewire.kernels;

import dev.rewire.kernels.internal.SoftmaxKernels;
import dev.rewire.kernels.internal.SpmmIndex;
import dev.rewire.kernels.internal.SpmmKernel;
import dev.rewire.kernels.internal.SpmmOperands;
import dev.rewire.kernels.internal.SpmmShape;
import dev.rewire.kernels.internal.SpmmShape.End;
import dev.rewire.kernels.internal.SpmmShape.Start;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The products of attention as SpMM. A tile knows strides and addresses only, so a panel of keys or values is a block of weights to it as it lies: its tokens are the outputs
 * of scores, and the inputs of weighted sums. Where a causal mask leaves a triangle, groups of {@value #STEP} tokens are multiplied by the lanes that see them.
 */
final class AttentionTiles {
    /** Tokens of a group on the diagonal; no vector is wider. */
    private static final int STEP = 16;

    /** Some outputs, for some lanes. Offsets are bytes from the operands of a whole panel. */
    private record Product(SpmmKernel kernel, SpmmIndex index, int samples, long values, long input, long output) {}

    /** Products that are run one after the other. */
    static final class Products {
        private final Product[] products;

        private Products(List<Product> products) {
            this.products = products.toArray(Product[]::new);
        }

        /** Runs them on operands at offsets in bytes. */
        void run(
                SpmmOperands at,
                MemorySegment values,
                long valuesOffset,
                MemorySegment input,
                long inputOffset,
                MemorySegment output,
                long outputOffset) {
            at.values = values;
            at.input = input;
            at.output = output;
            for (Product product : products) {
                at.count = product.samples;
                at.valuesOffset = valuesOffset + product.values;
                at.inputOffset = inputOffset + product.input;
                at.outputOffset = outputOffset + product.output;
                product.kernel.run(product.index, 0, 1, at);
            }
        }
    }

    private final AttentionShape shape;
    private final int lanes;
    private final int panelFloats;

    // By whether they are of the last part, which may have fewer tokens: keys, then queries.
    private final Products[][] scores = new Products[2][2];
    private final Products[][] firstGradients = new Products[2][2];
    private final Products[][] nextGradients = new Products[2][2];

    // On the diagonal of a causal mask both are, or neither is.
    private final Products[] diagonalScores = new Products[2];
    private final Products[] diagonalGradients = new Products[2];

    // By part of the queries.
    private final Products[] sums;

    /**
     * Makes them.
     *
     * @param shape the attention
     * @param lanes of the panels
     * @param withGradients whether {@link #gradients} are asked for
     */
    AttentionTiles(AttentionShape shape, int lanes, boolean withGradients) {
        this.shape = shape;
        this.lanes = lanes;
        panelFloats = (3 * shape.width() + PanelMatrix.PADDING) * lanes;
        int parts = shape.parts();
        for (int queries : new int[] {0, parts - 1}) {
            int queriesOfPart = shape.tokens(queries);
            for (int keys : new int[] {0, parts - 1}) {
                int keysOfPart = shape.tokens(keys);
                scores[last(keys)][last(queries)] = new Products(List.of(score(0, keysOfPart, 0, queriesOfPart)));
                if (withGradients && !shape.causal()) {
                    firstGradients[last(keys)][last(queries)] =
                            new Products(List.of(sum(0, queriesOfPart, 0, keysOfPart, Start.ZERO)));
                }
                if (withGradients && parts > 1) {
                    nextGradients[last(keys)][last(queries)] =
                            new Products(List.of(sum(0, queriesOfPart, 0, keysOfPart, Start.OUTPUT)));
                }
            }
            if (shape.causal()) {
                diagonalScores[last(queries)] = diagonalScores(queriesOfPart);
            }
            if (withGradients && shape.causal()) {
                diagonalGradients[last(queries)] = diagonalGradients(queriesOfPart);
            }
        }
        sums = new Products[parts];
        Arrays.setAll(sums, this::sumsOf);
    }

    /**
     * {@code S[j][i] = Σ_f keys[f][j]·queries[f][i]}; the values are keys, the input is queries, the output {@link #partOffset} of the keys' part behind its first. Of a
     * part that a causal mask cuts, no scores are written that it hides from all tokens of a group.
     */
    private Products scores(int queries, int keys) {
        return shape.causal() && queries == keys ? diagonalScores[last(queries)] : scores[last(keys)][last(queries)];
    }

    /** {@code y[f][i] = Σ_j values[f][j]·S[j][i]} over all keys that the queries of a part may see; the values are those of the first part of keys, and so is the input. */
    Products sums(int queries) {
        return sums[queries];
    }

    /**
     * {@code g[f][j] = Σ_i values[f][i]·Sᵀ[i][j]}, where the values are those of the queries' part and the input is transposed; added to the output, unless the keys' part
     * meets its first queries.
     */
    Products gradients(int queries, int keys) {
        if (shape.causal()) {
            return queries == keys ? diagonalGradients[last(keys)] : nextGradients[last(keys)][last(queries)];
        }
        return (queries == 0 ? firstGradients : nextGradients)[last(keys)][last(queries)];
    }

    /** Bytes from the scores of the first part of keys to those of another. */
    long partOffset(int part) {
        return (long) part * AttentionShape.PART * lanes * Float.BYTES;
    }

    /** Scratch for the scores of all keys that queries may see, and for lanes that kernels may read behind the last feature. */
    MemorySegment scratch(KernelArena arena) {
        int features = shape.parts() * shape.partSize() + 1;
        return arena.allocate((long) features * lanes * Float.BYTES);
    }

    /**
     * Scores of all keys that queries may see. Their features begin at {@code keyFeature} in {@code keys}, those of the queries at {@code feature} in another matrix.
     */
    void allScores(
            SpmmOperands at,
            PanelMatrix keys,
            int sequence,
            int keyFeature,
            PanelMatrix queries,
            int feature,
            int part,
            MemorySegment target) {
        long offset = queries.offset(shape.row(sequence, part * AttentionShape.PART), feature);
        for (int seen = 0; seen < shape.partsSeen(part); seen++) {
            scores(part, seen)
                    .run(
                            at,
                            keys.segment(),
                            keys.offset(shape.row(sequence, seen * AttentionShape.PART), keyFeature),
                            queries.segment(),
                            offset,
                            target,
                            partOffset(seen));
        }
    }

    /** The weights of all keys for queries of a head, whose features begin at {@code feature}. */
    void weights(
            SpmmOperands at,
            SoftmaxKernels softmax,
            PanelMatrix qkv,
            int sequence,
            int feature,
            int part,
            MemorySegment target) {
        allScores(at, qkv, sequence, shape.width() + feature, qkv, feature, part, target);
        softmax.forward(target, lanes, shape.tokens(part), shape.keys(part), shape.seenByFirst(part), shape.scale());
    }

    /** Operands for a worker. */
    SpmmOperands operands() {
        SpmmOperands at = Providers.active().operands();
        at.inputStride = (long) lanes * Float.BYTES;
        at.outputStride = at.inputStride;
        return at;
    }

    /** Zeros for the samples behind the last token of a sequence: kernels write the whole of a vector, and the product of padding. */
    void clearPadding(PanelMatrix panels, int sequence, int firstFeature, int features) {
        int part = shape.parts() - 1;
        int tokens = shape.tokens(part);
        if (tokens == shape.partSize()) {
            return;
        }
        MemorySegment segment = panels.segment();
        long lane = (long) lanes * Float.BYTES;
        long first = panels.offset(shape.row(sequence, part * AttentionShape.PART), firstFeature);
        for (int feature = 0; feature < features; feature++, first += lane) {
            // Not slices to fill, which would be objects.
            for (int token = tokens; token < shape.partSize(); token++) {
                segment.set(ValueLayout.JAVA_FLOAT, first + (long) token * Float.BYTES, 0);
            }
        }
    }

    private int last(int part) {
        return part == shape.parts() - 1 ? 1 : 0;
    }

    /** Each group of keys, for the queries from its first token on. */
    private Products diagonalScores(int tokens) {
        List<Product> products = new ArrayList<>();
        for (int first = 0; first < tokens; first += STEP) {
            products.add(score(first, Math.min(STEP, tokens - first), first, tokens - first));
        }
        return new Products(products);
    }

    /** Each group of queries, for the keys up to its last token: the last group first, which reaches all. */
    private Products diagonalGradients(int tokens) {
        List<Product> products = new ArrayList<>();
        int end = tokens;
        for (int first = (tokens - 1) / STEP * STEP; first >= 0; first -= STEP) {
            products.add(sum(first, end - first, 0, end, end == tokens ? Start.ZERO : Start.OUTPUT));
            end = first;
        }
        return new Products(products);
    }

    /** All full parts of keys in one product; then groups of keys, for the queries from their first token on, or the last part. */
    private Products sumsOf(int queries) {
        List<Product> products = new ArrayList<>();
        int tokens = shape.tokens(queries);
        int keys = shape.keys(queries);
        int full = shape.causal() ? queries : keys / AttentionShape.PART;
        if (full > 0) {
            products.add(sumOfParts(full, tokens));
        }
        int done = full * AttentionShape.PART;
        int step = shape.causal() ? STEP : AttentionShape.PART;
        for (int first = done; first < keys; first += step) {
            int firstLane = shape.causal() ? first - done : 0;
            Start start = products.isEmpty() ? Start.ZERO : Start.OUTPUT;
            Product ofPanel = sum(first - done, Math.min(step, keys - first), firstLane, tokens - firstLane, start);
            products.add(new Product(
                    ofPanel.kernel,
                    ofPanel.index,
                    ofPanel.samples,
                    ofPanel.values + (long) full * panelFloats * Float.BYTES,
                    ofPanel.input + partOffset(full),
                    ofPanel.output));
        }
        return new Products(products);
    }

    private Product score(int firstKey, int keys, int firstLane, int samples) {
        int size = shape.headSize();
        SpmmShape tile = new SpmmShape(
                keys, size, 1, lanes, keys * size, lanes, false, samples, true, ValueType.F32, Start.ZERO, End.STORE);
        long lane = (long) firstLane * Float.BYTES;
        return new Product(
                Providers.active().spmm(tile),
                indexOf(1),
                samples,
                (long) firstKey * Float.BYTES,
                lane,
                (long) firstKey * lanes * Float.BYTES + lane);
    }

    private Product sum(int firstToken, int tokens, int firstLane, int samples, Start start) {
        long lane = (long) firstLane * Float.BYTES;
        return new Product(
                sumKernel(tokens, samples, start),
                indexOf(1),
                samples,
                (long) firstToken * Float.BYTES,
                (long) firstToken * lanes * Float.BYTES + lane,
                lane);
    }

    private Product sumOfParts(int count, int samples) {
        return new Product(sumKernel(AttentionShape.PART, samples, Start.ZERO), indexOf(count), samples, 0, 0, 0);
    }

    /** From block to block is from panel to panel. */
    private SpmmKernel sumKernel(int tokens, int samples, Start start) {
        return Providers.active()
                .spmm(new SpmmShape(
                        shape.headSize(),
                        tokens,
                        lanes,
                        1,
                        panelFloats,
                        lanes,
                        false,
                        samples,
                        false,
                        ValueType.F32,
                        start,
                        End.STORE));
    }

    /** One group of so many blocks, whose inputs follow one another. */
    private static SpmmIndex indexOf(int count) {
        int[] blocks = new int[count];
        int[] inputs = new int[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = i;
            inputs[i] = i * AttentionShape.PART;
        }
        int[] offsets = {0, count};
        return SpmmIndex.ofBlocks(offsets, inputs, blocks, offsets, 1);
    }
}
