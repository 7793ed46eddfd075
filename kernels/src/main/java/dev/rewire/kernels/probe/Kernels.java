package dev.rewire.kernels.probe;

import dev.rewire.kernels.Provider;
import dev.rewire.kernels.internal.CacheSizes;
import dev.rewire.kernels.internal.vector.VectorFacts;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What Rewire has chosen here.
 *
 * @param provider {@code vector}, {@code scalar}, or {@code none} where one was forced that cannot run
 * @param vectorBits bits of the vectors; 32 for scalar kernels, 0 for none
 * @param reason why these
 * @param fma whether products are made of fused multiply-adds
 * @param choices the other choices, each with its reason
 */
public record Kernels(String provider, int vectorBits, String reason, Answer fma, List<Choice> choices) {
    private static final String VECTOR = "vector";

    /**
     * One choice.
     *
     * @param name of what was chosen, in snake case
     * @param value what it is
     * @param reason why
     */
    public record Choice(String name, String value, String reason) {}

    /** Copies the list. */
    public Kernels {
        choices = List.copyOf(choices);
    }

    /** Those of this process, which this chooses if nothing has yet. */
    static Kernels current() {
        Provider provider;
        try {
            provider = Provider.active();
        } catch (IllegalStateException e) {
            String reason = String.valueOf(e.getMessage());
            return new Kernels("none", 0, reason, Answer.of(false, "no kernels"), List.of());
        }
        boolean vector = provider.name().equals(VECTOR);
        Answer fma = !vector
                ? Answer.of(false, provider.name() + " kernels")
                : VectorFacts.fused()
                        ? Answer.of(true, "tiles are made of it")
                        : Answer.of(false, "products and sums apart: it is no instruction in this JVM");
        return new Kernels(
                provider.name(), provider.vectorBits(), provider.reason(), fma, vector ? vectorChoices() : List.of());
    }

    /** What the vector kernels have decided; whoever decides more adds a line. */
    private static List<Choice> vectorChoices() {
        int registers = VectorFacts.registers();
        Optional<String> reachC1 = VectorFacts.tilesReachC1();
        return List.of(
                new Choice(
                        "vector_registers",
                        Integer.toString(registers),
                        registers == 32
                                ? "512-bit vectors and ARM's have 32"
                                : "AVX2 and SSE have 16; tiles for more are too long for C1"),
                new Choice(
                        "tile_accumulators",
                        Integer.toString(VectorFacts.accumulators()),
                        "half of the registers; the operands of a step need the rest"),
                new Choice(
                        "tile",
                        VectorFacts.tile(),
                        "outputs × vectors of samples of a 16×16 block, 64 samples: as tall as wide loads least"),
                new Choice(
                        "tiles_skip_c1",
                        reachC1.isEmpty() ? "yes" : "no",
                        reachC1.orElse("a directive to the compilers: what C1 made of a tile might stay for good")),
                new Choice(
                        "l1_bytes",
                        Long.toString(CacheSizes.L1),
                        source(Cpu.current().l1DataBytes()) + "; chunks of inputs take half of it to twice it"),
                new Choice(
                        "l2_bytes",
                        Long.toString(CacheSizes.L2),
                        source(Cpu.current().l2Bytes()) + "; weights of a task and packed panels take a quarter"),
                new Choice(
                        "threads",
                        "the caller's",
                        "a Workers has as many as it is made with; results do not depend on it"));
    }

    private static String source(OptionalLong bytes) {
        return bytes.isPresent() ? "this machine's" : "assumed, as the system does not tell";
    }

    /** Whether these are the vector kernels. */
    boolean areVector() {
        return provider.equals(VECTOR);
    }
}
