package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * C1 is kept away from tiles, and where that cannot be, it can compile every tile with its profile (level 3). Where it can't, for a lack of registers, and has
 * compiled the tile without before, because C2 was busy (level 2), the tile stays as that is: C2 is never asked, every vector is an object, and products take 50
 * to 100 times as long.
 */
@Tag("alone")
class TileCompilationTest {
    private static final List<String> KINDS = List.of(
            "SpmmTile",
            "SpmvTile",
            "1SddmmTile",
            "SddmmRowsTile",
            "OuterSddmmTile",
            "WholeBlockSddmmTile",
            "NmTile",
            "NmSpmvTile",
            "PartialSums",
            "Transposition",
            "SoftmaxTile",
            "SoftmaxGradientTile",
            "WideningTile",
            "FmaLoop",
            "ReadLoop",
            "TriadLoop");

    /** Needs the registers for a panel's gradient, which those of 128 bits may be too few for. */
    private static final String SQUARES = "SquareSddmmTile";

    /** The operations that the Vector API's classes have methods of their own for, where C2 finds none without a profile. */
    private static final Pattern ASKED = Pattern.compile(
            "Vector::(lanewise|lanewiseShift|broadcast|blend|rearrange|selectFrom|asVectorRaw) .*virtual call");

    /** Whose lines are one vector. */
    private static final String LINES = "CompressingTile";

    /** Compiled at once, and waited for; the rest of the JVM is left to its usual times, or a program takes minutes. */
    private static final String TILES = "dev/rewire/kernels/internal/vector/Generated*.run";

    private static final List<String> WITHOUT_PROFILES = List.of(
            "-XX:+TieredCompilation",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:-UseTypeProfile",
            "-XX:CompileCommand=PrintInlining," + TILES);

    private static final List<String> WITHOUT_MANAGEMENT =
            List.of("--limit-modules=java.base,jdk.incubator.vector", "-XX:TieredStopAtLevel=3");

    /** Each takes half a minute or so, of one processor, so they start before anybody asks. */
    private static final Map<String, Future<Fork>> PROGRAMS = new HashMap<>();

    @BeforeAll
    static void startPrograms() {
        Provider provider = Provider.active();
        assumeTrue(provider.name().equals("vector"), "no vectors here");
        try (ExecutorService processors =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            start(processors, provider.vectorBits(), WITHOUT_PROFILES);
            for (int bits = 128; bits <= provider.vectorBits(); bits *= 2) {
                start(processors, bits, WITHOUT_MANAGEMENT);
            }
        }
    }

    private static void start(ExecutorService processors, int bits, List<String> flags) {
        List<String> all = new ArrayList<>(List.of(
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Drewire.kernels.bits=" + bits,
                "-XX:CompileCommand=CompileThresholdScaling," + TILES + ",0.001",
                "-Xbatch",
                "-XX:+PrintCompilation"));
        all.addAll(flags);
        PROGRAMS.put(bits + " " + flags, processors.submit(() -> Fork.run(all, EveryTile.class)));
    }

    @Test
    void onlyC2CompilesTiles() {
        int bits = Provider.active().vectorBits();
        List<String> tiles = ofTiles(bits, compiled(bits, WITHOUT_PROFILES));
        assertEquals(
                List.of(),
                tiles.stream()
                        .filter(line -> line.matches("[ 0-9]+[ %bsn!]* [123] +dev.*"))
                        .toList());
    }

    /** All code of a JVM shares those profiles: of vectors of another width they would name the wrong class (docs/architecture.md, "Generated tiles"). */
    @Test
    void c2KnowsTheClassOfEachVectorWithoutProfiles() {
        List<String> lines = compiled(Provider.active().vectorBits(), WITHOUT_PROFILES);
        assertTrue(lines.stream().anyMatch(line -> line.contains("Vector::lanewise")), "inlining is not printed");
        assertEquals(
                List.of(),
                lines.stream().filter(line -> ASKED.matcher(line).find()).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void withoutManagementC1CompilesEveryTile(int bits) {
        assumeTrue(Provider.active().vectorBits() >= bits, "no vectors of that width here");
        List<String> tiles = ofTiles(bits, compiled(bits, WITHOUT_MANAGEMENT));
        assertEquals(
                List.of(),
                tiles.stream().filter(line -> line.contains("COMPILE SKIPPED")).toList());
    }

    /** What the compilers print, of a program that runs every kind of tile. */
    private static List<String> compiled(int bits, List<String> flags) {
        Fork fork = PROGRAMS.get(bits + " " + flags).resultNow();
        assertEquals(0, fork.exit(), fork::err);
        return fork.out().lines().toList();
    }

    /** The lines that say what the compilers made of tiles, of which there is one of every kind that there is with so many bits. */
    private static List<String> ofTiles(int bits, List<String> lines) {
        List<String> tiles = lines.stream()
                .filter(line -> line.contains(".Generated") && line.contains("::run"))
                .toList();
        List<String> kinds = new ArrayList<>(KINDS);
        if (bits > 128) {
            kinds.add(SQUARES);
        }
        if (bits == 512) {
            kinds.add(LINES);
        }
        for (String kind : kinds) {
            assertTrue(tiles.stream().anyMatch(line -> line.contains(kind)), () -> "none is a " + kind + ": " + tiles);
        }
        return tiles;
    }
}
