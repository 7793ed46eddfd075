package dev.rewire.bench.suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * From which sparsity on the sparse product is the faster one.
 *
 * @param kind what is known of it
 * @param sparsity where it is, or the end of what was measured that it lies beyond; NaN if nothing is known
 */
public record Crossover(Kind kind, double sparsity) {
    /** What is known. */
    public enum Kind {
        /** Between two points. */
        BETWEEN,
        /** The least sparse point is faster already. */
        BELOW,
        /** The sparsest point is still slower. */
        ABOVE,
        /** There is no speed-up, for want of a dense peer. */
        UNKNOWN
    }

    private record Place(double sparsity, double speedup) {}

    /**
     * Finds it between the sparsest point that is slower and the next. Run times go about with the stored share, so a straight line in
     * the logarithms of both is followed.
     *
     * @param measured points that differ in their sparsity alone, in any order
     * @return the crossover
     */
    public static Crossover of(List<Measured> measured) {
        List<Place> places = new ArrayList<>();
        for (Measured each : measured) {
            each.report().speedupVsBestDense().ifPresent(speedup -> places.add(new Place(each.sparsity(), speedup)));
        }
        return find(places);
    }

    /** The same of pairs of a sparsity and a speed-up. */
    static Crossover find(double[]... pairs) {
        List<Place> places = new ArrayList<>();
        for (double[] pair : pairs) {
            places.add(new Place(pair[0], pair[1]));
        }
        return find(places);
    }

    private static Crossover find(List<Place> places) {
        if (places.isEmpty()) {
            return new Crossover(Kind.UNKNOWN, Double.NaN);
        }
        places.sort(Comparator.comparingDouble(Place::sparsity));
        int slower = places.size() - 1;
        while (slower >= 0 && places.get(slower).speedup >= 1) {
            slower--;
        }
        if (slower < 0) {
            return new Crossover(Kind.BELOW, places.get(0).sparsity);
        }
        Place before = places.get(slower);
        if (slower == places.size() - 1) {
            return new Crossover(Kind.ABOVE, before.sparsity);
        }
        return new Crossover(Kind.BETWEEN, between(before, places.get(slower + 1)));
    }

    private static double between(Place before, Place after) {
        double share = -Math.log(before.speedup) / Math.log(after.speedup / before.speedup);
        double logBefore = Math.log(1 - before.sparsity);
        double logAfter = Math.log(1 - after.sparsity);
        return 1 - Math.exp(logBefore + share * (logAfter - logBefore));
    }
}
