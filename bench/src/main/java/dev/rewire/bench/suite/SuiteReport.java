package dev.rewire.bench.suite;

import dev.rewire.bench.Ceilings;
import dev.rewire.bench.Environment;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came out of the suite.
 *
 * @param settings what it was told
 * @param started when
 * @param took how long
 * @param ceilings of the machine
 * @param measured each point, in order
 */
public record SuiteReport(
        SuiteSettings settings, ZonedDateTime started, Duration took, Ceilings ceilings, List<Measured> measured) {
    /** Copies the list. */
    public SuiteReport {
        measured = List.copyOf(measured);
    }

    /**
     * What was measured of a part.
     *
     * @param section the part
     * @return its points, in order
     */
    public List<Measured> of(Section section) {
        return measured.stream()
                .filter(each -> each.point().section() == section)
                .toList();
    }

    /**
     * Speed-up against sparsity.
     *
     * @return the points of each shape of a block
     */
    public Map<String, List<Measured>> byBlock() {
        return of(Section.SPARSITY).stream()
                .collect(Collectors.groupingBy(
                        each -> each.point().structure().name(), LinkedHashMap::new, Collectors.toList()));
    }

    /**
     * Where it was measured.
     *
     * @return the environment, with the libraries that took part in any point
     */
    public Environment environment() {
        Map<String, Environment.Library> libraries = new LinkedHashMap<>();
        measured.forEach(each -> libraries.putAll(each.report().environment().libraries()));
        Environment any = measured.get(0).report().environment();
        return new Environment(
                any.jdk(),
                any.vm(),
                any.os(),
                any.cpu(),
                any.cores(),
                any.jvmFlags(),
                any.variables(),
                any.kernels(),
                libraries);
    }

    /**
     * Measurements that something else on the machine got in the way of.
     *
     * @return how many
     */
    public long disturbed() {
        return measured.stream().filter(each -> each.report().disturbed()).count();
    }

    /**
     * Measurements that were not believed at first.
     *
     * @return how many
     */
    public long suspect() {
        return measured.stream().filter(each -> each.report().doubt() != null).count();
    }

    /**
     * Measurements that began before everyone had stopped getting faster.
     *
     * @return how many
     */
    public long unsettled() {
        return measured.stream()
                .filter(each -> !each.report().unsettled().isEmpty())
                .count();
    }

    /** Whether there is a speed-up over a dense peer. */
    boolean compared() {
        return measured.stream()
                .anyMatch(each -> each.report().speedupVsBestDense().isPresent());
    }

    /**
     * Whether every result that was timed is correct.
     *
     * @return whether each is within its error bound
     */
    public boolean correct() {
        return measured.stream().allMatch(each -> each.report().correct());
    }

    /**
     * Whether the machine was seen to do more than its ceilings say.
     *
     * @return whether a product was faster than fused multiply-adds alone, by more than measurements scatter
     */
    public boolean ceilingsTooLow() {
        return measured.stream().anyMatch(each -> each.report().gflops() > 1.05 * ceilings.gflops());
    }
}
