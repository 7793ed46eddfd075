package dev.rewire.training.rewiring;

import dev.rewire.training.rewiring.topology.CannistraciHebb;
import org.jspecify.annotations.Nullable;

/**
 * Where a rewiring grows connections. A rule of one's own implements {@link #choose}; one that looks at gradients says so. A run makes the same choices again, with
 * any number of threads and after an interruption, if a rule keeps nothing and draws from {@link FreePlaces#random} alone.
 */
@FunctionalInterface
public interface GrowRule {
    /** At random, each set of places being equally likely: the rule of SET. The step's update happens first. */
    GrowRule RANDOM = (free, count) -> free.cells(free.random().sample(free.count(), count));

    /** Where the L1 norm of the loss's gradient is largest: the rule of RigL. Takes the place of the step's update, as in the paper. */
    GrowRule GRADIENT = new GrowRule() {
        @Override
        public int[] choose(FreePlaces free, int count) {
            TopK largest = TopK.largest(count);
            free.gradientRows((firstCell, norms) -> largest.offerMagnitudes(norms, free.gridCols(), firstCell));
            return largest.indices();
        }

        @Override
        public boolean usesGradient() {
            return true;
        }

        @Override
        public boolean replacesUpdate() {
            return true;
        }
    };

    /**
     * Where links of the surviving network suggest one, without any gradient: the score CH2-L3n of Cannistraci-Hebb training (CHTs; Zhang et al., "Brain network science modelling of sparse
     * neural networks", 2025), {@code Σ (1 + i)/(1 + e)} over the nodes of all paths of three links between output and input, i and e being their links to such nodes and to others. Chance decides between scores within 1/16384 of each other, and between places that no path of three links joins. Needs single weights; takes time for each
     * path of three links, and for each place.
     */
    GrowRule TOPOLOGY = new GrowRule() {
        @Override
        public int[] choose(FreePlaces free, int count) {
            CannistraciHebb scores = new CannistraciHebb(free.kept());
            float[] ofRow = new float[free.gridCols()];
            TopK largest = TopK.largest(count);
            for (int row = 0; row < free.gridRows(); row++) {
                scores.score(row, ofRow);
                for (int col = 0; col < ofRow.length; col++) {
                    float chance = free.random().nextFloat();
                    ofRow[col] = ofRow[col] > 0 ? ofRow[col] * (1 + 0x1p-14f * chance) : 0x1p-60f * chance;
                }
                free.markTaken(row, ofRow);
                largest.offerMagnitudes(ofRow, ofRow.length, row * ofRow.length);
            }
            return largest.indices();
        }
    };

    /**
     * Where the gradient is largest among places that are drawn, both ends uniformly: guided stochastic exploration (GSE; Heddes et al., "Always-sparse training by growing connections with
     * guided stochastic exploration", 2024). A rewiring takes time and memory for outputs, inputs and stored weights alone. What was just dropped does not grow again in the same step, and what
     * grew is not dropped in it. The step's update happens first, and the gradient is that of its batch; the paper takes ten samples of each class.
     *
     * @param gamma γ, how many places are drawn for each stored block, above 0; the paper's is 1
     */
    record Sampled(double gamma) implements GrowRule {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Sampled {
            if (!(gamma > 0 && gamma <= 1000)) {
                throw new IllegalArgumentException(
                        "gamma: " + gamma + " is out of range; accepted are numbers above 0, at most 1000");
            }
        }

        @Override
        public int[] choose(FreePlaces free, int count) {
            int[] candidates = candidates(free, count);
            float[] norms = free.gradientAt(candidates);
            TopK largest = TopK.largest(count);
            for (int i = 0; i < candidates.length; i++) {
                largest.offer(norms[i], candidates[i]);
            }
            return largest.indices();
        }

        private int[] candidates(FreePlaces free, int count) {
            int draws = (int) Math.min(gamma * free.stored(), free.count());
            int[] drawn = free.draw(draws);
            // So few are free, or drawn, that most draws would be in vain.
            return drawn.length >= count
                    ? drawn
                    : free.cells(free.random().sample(free.count(), Math.max(count, draws)));
        }

        @Override
        public double sampledShare() {
            return gamma;
        }

        @Override
        public boolean regrows() {
            return false;
        }
    }

    /**
     * As RigL, by the sum of the gradients of several steps: Lasby et al. ("Dynamic sparse training with structured sparsity", 2024) sum eight, rigl-torch up to ΔT − 1. It takes as much memory as the dense
     * weights.
     *
     * @param steps how many, the rewiring's the last, at least 2
     */
    record Accumulated(int steps) implements GrowRule {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Accumulated {
            if (steps < 2) {
                throw new IllegalArgumentException("steps: " + steps + " is out of range; accepted are 2 and more");
            }
        }

        @Override
        public int[] choose(FreePlaces free, int count) {
            return GRADIENT.choose(free, count);
        }

        @Override
        public boolean usesGradient() {
            return true;
        }

        @Override
        public boolean replacesUpdate() {
            return true;
        }

        @Override
        public Memory memory() {
            return new Memory(steps, 1, 0);
        }
    }

    /**
     * Where the momentum is largest, and in layers whose stored weights have more of it: sparse momentum (SNFS; Dettmers and Zettlemoyer, "Sparse networks from scratch", 2019). What all layers
     * dropped is shared out among them by the mean magnitude of the momentum of their stored weights before the drop, so the network keeps its number of weights while layers change theirs.
     * As in the paper the momentum is that of all places: gradients at all places are averaged at each step up to the last rewiring, which takes the time of a dense product, and the memory of the dense weights,
     * three times that with squares. The optimiser's own slots stay sparse, those of what grows are zero. Layers that are stored wholly take no part.
     *
     * @param decay β of the momentum, m = β·m + g, or of Adam's first moment, 0 to below 1
     * @param squareDecay β2 of Adam's second moment, with which the score is m/(√v + 1e-8), or 0 for |m|
     */
    record Momentum(double decay, double squareDecay) implements GrowRule {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Momentum {
            if (!(decay >= 0 && decay < 1 && squareDecay >= 0 && squareDecay < 1)) {
                throw new IllegalArgumentException("decay: " + decay + ", " + squareDecay
                        + " is out of range; accepted are numbers from 0 to below 1");
            }
        }

        @Override
        public int[] choose(FreePlaces free, int count) {
            return GRADIENT.choose(free, count);
        }

        @Override
        public boolean usesGradient() {
            return true;
        }

        @Override
        public Memory memory() {
            return new Memory(Long.MAX_VALUE, decay, squareDecay);
        }

        @Override
        public boolean redistributes() {
            return true;
        }
    }

    /**
     * Where the gradient is largest, each output having as many connections as another: structured RigL (SRigL; Lasby et al., "Dynamic sparse training with structured sparsity", 2024, section 3.1). Salient are weights
     * that are not among the K smallest, and the K free places of the largest gradients. Outputs with fewer salient places than γ times their connections are ablated, that is lose all connections, which the
     * others share; they come back with enough of them. Then the K smallest weights are dropped, and each output that is left grows up to the common number. What does not divide by the outputs is left out, so the
     * number of weights may fall by less than the outputs that are left. Needs single weights.
     *
     * @param gamma γ, 0 for no ablation, to below 1; the paper's is 0.3, and 0.95 for vision transformers
     */
    record FanIn(double gamma) implements GrowRule {
        /**
         * Checks the number.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public FanIn {
            if (!(gamma >= 0 && gamma < 1)) {
                throw new IllegalArgumentException(
                        "gamma: " + gamma + " is out of range; accepted are numbers from 0 to below 1");
            }
        }

        /** Never asked: what is dropped depends on where connections grow. */
        @Override
        public int[] choose(FreePlaces free, int count) {
            throw new IllegalStateException("a constant fan-in is no choice of free places alone");
        }

        @Override
        public boolean usesGradient() {
            return true;
        }

        @Override
        public boolean replacesUpdate() {
            return true;
        }
    }

    /**
     * Gradients of several steps.
     *
     * @param steps how many up to a rewiring, that of the rewiring the last; {@link Long#MAX_VALUE} for all
     * @param decay what is there is multiplied by it before a gradient is added; 1 for sums, which start anew after a rewiring
     * @param squareDecay above 0 for averages as Adam's, of gradients and, with this, of their squares
     */
    record Memory(long steps, double decay, double squareDecay) {}

    /**
     * Chooses places.
     *
     * @param free the places to choose from, among them those that were just dropped
     * @param count how many, at most as many as are free
     * @return their cells, each once, in any order
     */
    int[] choose(FreePlaces free, int count);

    /**
     * Whether the rule asks for gradients at places that are not stored.
     *
     * @return whether {@link FreePlaces#gradient} may be called
     */
    default boolean usesGradient() {
        return false;
    }

    /**
     * Whether the gradients of a rewiring step serve the choice of places instead of an update.
     *
     * @return true if the step has no update; otherwise it happens before the rewiring
     */
    default boolean replacesUpdate() {
        return false;
    }

    /**
     * Whether scores are of gradients of several steps.
     *
     * @return how they are added up, or null for the gradient of the rewiring's step alone
     */
    default @Nullable Memory memory() {
        return null;
    }

    /**
     * At how many places, for each stored block, the rule asks for the gradient.
     *
     * @return above 0 if {@link FreePlaces#gradientAt} may be called
     */
    default double sampledShare() {
        return 0;
    }

    /**
     * Whether what was just dropped is among the free places.
     *
     * @return false if it may not grow again in the same step
     */
    default boolean regrows() {
        return true;
    }

    /**
     * Whether layers grow by the momentum of their weights instead of what they dropped.
     *
     * @return true only if there is a {@link #memory}
     */
    default boolean redistributes() {
        return false;
    }
}
