package dev.rewire.bench.atlas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.bench.suite.Point;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtlasPointsTest {
    private static final AtlasSettings FULL = new AtlasSettings(false, 1, List.of("openblas", "mkl"));

    private static List<Point> points(AtlasSettings settings) {
        return AtlasPoints.visits(settings).stream().flatMap(List::stream).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachPointIsThereOnce(boolean quick) {
        List<Point> points = points(new AtlasSettings(quick, 1, List.of()));
        assertEquals(quick ? 84 : 3 * 19 * 5 * 5, points.size());
        assertEquals(points.size(), distinct(points, Point::command).size());
    }

    @Test
    void aVisitHasOneSetOfDenseRivals() {
        for (List<Point> visit : AtlasPoints.visits(FULL)) {
            assertEquals(
                    1,
                    distinct(visit, each -> each.settings() + " " + each.rows() + " " + each.cols())
                            .size());
        }
    }

    @Test
    void theFirstTenthCoversTheSpace() {
        List<Point> all = points(FULL);
        List<Point> first = all.subList(0, all.size() / 10);
        List<Function<Point, Object>> axes = List.of(
                each -> each.settings().product(),
                each -> each.settings().batch(),
                each -> each.cols() + "→" + each.rows());
        axes.forEach(axis -> assertEquals(distinct(all, axis), distinct(first, axis)));
        assertTrue(distinct(first, each -> each.structure().name()).containsAll(Set.of("1x1", "4x4", "16x16")));
        assertTrue(distinct(first, each -> each.structure().sparsity()).containsAll(Set.of(0.5, 0.99)));
    }

    private static Set<Object> distinct(List<Point> points, Function<Point, Object> key) {
        return points.stream().map(key).collect(Collectors.toSet());
    }

    /** The numbers of structures and of visits that there are. */
    @ParameterizedTest
    @ValueSource(ints = {7, 12, 19, 75})
    void theBeginningOfACoarseOrderLeavesEvenGaps(int size) {
        List<Integer> order = CoarseOrder.of(IntStream.range(0, size).boxed().toList());
        assertEquals(size, new HashSet<>(order).size());
        for (int count = 2; count <= size; count++) {
            List<Integer> places = new ArrayList<>(new TreeSet<>(order.subList(0, count)));
            places.add(places.get(0) + size);
            for (int i = 1; i < places.size(); i++) {
                int gap = places.get(i) - places.get(i - 1);
                assertTrue(gap <= 3.0 * size / count + 1, size + ", " + count + ": " + places);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 6, 100})
    void aCoarseOrderHasEachElementOnce(int size) {
        List<Integer> elements = IntStream.range(0, size).boxed().toList();
        assertEquals(new HashSet<>(elements), new HashSet<>(CoarseOrder.of(elements)));
        assertEquals(size, CoarseOrder.of(elements).size());
    }
}
