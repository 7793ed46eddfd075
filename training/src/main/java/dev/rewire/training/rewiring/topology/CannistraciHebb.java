package dev.rewire.training.rewiring.topology;

import dev.rewire.kernels.BlockPattern;
import java.util.Arrays;

/**
 * How much the links of a layer, a bipartite graph of outputs and inputs, suggest a link between two nodes: CH2-L3n, {@code Σ (1 + i_z)/(1 + e_z)} over the nodes z on paths of three links between them. These nodes are the local community;
 * i<sub>z</sub> counts the links of z inside of it, e<sub>z</sub> those that leave it, without that to the node of the pair. Sources: Muscoloni et al., "Adaptive network automata modelling of complex networks", 2022; Zhang et al.,
 * "Brain network science modelling of sparse neural networks", 2025.
 *
 * <p>With d links to a node on average a row of scores takes d³ operations, and memory for a score of each output and input.
 */
public final class CannistraciHebb {
    private final BlockPattern byOutput;
    private final BlockPattern byInput;
    private final int[] links;

    /**
     * Looks at the links of a layer.
     *
     * @param links single weights, outputs × inputs
     * @throws IllegalArgumentException if they are blocks
     */
    public CannistraciHebb(BlockPattern links) {
        if (links.blockRows() * links.blockCols() != 1) {
            throw new IllegalArgumentException("blocks of " + links.blockRows() + "x" + links.blockCols()
                    + " are no links; accepted are single weights");
        }
        byOutput = links;
        byInput = links.transpose();
        this.links = new int[Math.max(links.rows(), links.cols())];
    }

    /**
     * Scores the links of an output.
     *
     * @param output its number
     * @param scores takes the score of a link from each input, 0 where no path is; of links that are there it says nothing
     */
    public void score(int output, float[] scores) {
        Arrays.fill(scores, 0);
        addOutputs(output, scores);
        addInputs(output, scores);
    }

    /** A node on the path next to the other input: an output that shares inputs with the given one. */
    private void addOutputs(int output, float[] scores) {
        for (int n = byOutput.rowOffset(output); n < byOutput.rowOffset(output + 1); n++) {
            count(byInput, byOutput.gridCol(n), 1);
        }
        for (int n = byOutput.rowOffset(output); n < byOutput.rowOffset(output + 1); n++) {
            int input = byOutput.gridCol(n);
            for (int m = byInput.rowOffset(input); m < byInput.rowOffset(input + 1); m++) {
                int node = byInput.gridCol(m);
                int inside = links[node];
                links[node] = 0; // each node once
                if (inside > 0 && node != output) {
                    float score = score(inside, degree(byOutput, node));
                    for (int k = byOutput.rowOffset(node); k < byOutput.rowOffset(node + 1); k++) {
                        scores[byOutput.gridCol(k)] += score;
                    }
                }
            }
        }
    }

    /** A node on the path next to the output: one of its inputs, by the outputs that it shares with the other input. */
    private void addInputs(int output, float[] scores) {
        for (int n = byOutput.rowOffset(output); n < byOutput.rowOffset(output + 1); n++) {
            int node = byOutput.gridCol(n);
            int degree = degree(byInput, node);
            for (int m = byInput.rowOffset(node); m < byInput.rowOffset(node + 1); m++) {
                count(byOutput, byInput.gridCol(m), 1);
            }
            for (int m = byInput.rowOffset(node); m < byInput.rowOffset(node + 1); m++) {
                int other = byInput.gridCol(m);
                for (int k = byOutput.rowOffset(other); k < byOutput.rowOffset(other + 1); k++) {
                    int input = byOutput.gridCol(k);
                    if (links[input] > 0) {
                        scores[input] += score(links[input], degree);
                        links[input] = 0;
                    }
                }
            }
        }
    }

    private void count(BlockPattern of, int node, int by) {
        for (int n = of.rowOffset(node); n < of.rowOffset(node + 1); n++) {
            links[of.gridCol(n)] += by;
        }
    }

    private static int degree(BlockPattern of, int node) {
        return of.rowOffset(node + 1) - of.rowOffset(node);
    }

    /** Of its links one goes to the node of the pair. */
    private static float score(int inside, int degree) {
        return (1f + inside) / (degree - inside);
    }
}
