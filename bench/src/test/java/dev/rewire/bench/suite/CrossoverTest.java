package dev.rewire.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.bench.suite.Crossover.Kind;
import org.junit.jupiter.api.Test;

class CrossoverTest {
    @Test
    void liesOnTheLineBetweenTheLogarithms() {
        // Half of the speed-up that the zeros are worth: 1 where half is stored, whatever was measured around it.
        Crossover crossover = Crossover.find(new double[] {0, 0.5}, new double[] {0.9, 5}, new double[] {0.98, 25});
        assertEquals(Kind.BETWEEN, crossover.kind());
        assertEquals(0.5, crossover.sparsity(), 1e-12);
    }

    @Test
    void isAPointThatIsAsFastAsDense() {
        Crossover crossover = Crossover.find(new double[] {0.8, 1}, new double[] {0.9, 2}, new double[] {0.5, 0.4});
        assertEquals(Kind.BETWEEN, crossover.kind());
        assertEquals(0.8, crossover.sparsity(), 1e-12);
    }

    @Test
    void isTheLastOneWhereALineWavers() {
        Crossover crossover = Crossover.find(
                new double[] {0.5, 1.1}, new double[] {0.75, 0.5}, new double[] {0.875, 2}, new double[] {0.9, 3});
        assertEquals(0.75 + 0.0732, crossover.sparsity(), 1e-4);
    }

    @Test
    void mayLieBeyondWhatWasMeasured() {
        assertEquals(new Crossover(Kind.BELOW, 0.5), Crossover.find(new double[] {0.9, 4}, new double[] {0.5, 1.5}));
        assertEquals(new Crossover(Kind.ABOVE, 0.9), Crossover.find(new double[] {0.9, 0.8}, new double[] {0.5, 0.1}));
    }

    @Test
    void isUnknownWithoutADensePeer() {
        assertEquals(new Crossover(Kind.UNKNOWN, Double.NaN), Crossover.find());
    }
}
