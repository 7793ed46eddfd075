package dev.rewire.kernels.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.rewire.kernels.BlockPattern;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever a file holds, reading it gives a pattern or the documented exception, within modest memory. */
class MutatedFileTest {
    /**
     * The files are small, but 2²⁰ rows and columns may be claimed without evidence: some 24 MiB of index, and what the pattern's checks
     * leave as garbage until they are compiled. A belief in the next power of ten would need more.
     */
    private static final long MOST_BYTES = 128 << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final String[] INSERTED = {
        "\n",
        " ",
        ",",
        "-",
        "0",
        "9",
        "99999999999",
        "2147483647",
        "-1",
        ".5",
        "e",
        "%",
        "NaN",
        "\r",
        "\t",
        "\0",
        "\u001b[31m",
        "\u0085",
        "ÿ",
        "x"
    };

    @Property(tries = 3000)
    void smtx(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int mutations) throws IOException {
        RandomGenerator random = new SplittableRandom(seed);
        check("a.smtx", mutated(MatrixText.smtx(drawPattern(random)), mutations, random));
    }

    @Property(tries = 3000)
    void matrixMarket(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int mutations) throws IOException {
        RandomGenerator random = new SplittableRandom(seed);
        String field = new String[] {"pattern", "real", "integer"}[random.nextInt(3)];
        String symmetry = new String[] {"general", "symmetric", "skew-symmetric"}[random.nextInt(3)];
        String text = MatrixText.matrixMarket(drawPattern(random), field).replaceFirst("general", symmetry);
        check("a.mtx", mutated(text, mutations, random));
    }

    @Property(tries = 1000)
    void anyBytes(@ForAll @Size(max = 400) byte[] bytes, @ForAll boolean smtx) throws IOException {
        check(smtx ? "a.smtx" : "a.mtx", bytes);
    }

    @Property(tries = 100)
    void everyTruncation(@ForAll long seed, @ForAll boolean smtx) throws IOException {
        BlockPattern pattern = drawPattern(new SplittableRandom(seed));
        String text = smtx ? MatrixText.smtx(pattern) : MatrixText.matrixMarket(pattern, "real");
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int length = 0; length < bytes.length; length++) {
            check(smtx ? "a.smtx" : "a.mtx", Arrays.copyOf(bytes, length));
        }
    }

    @Example
    void theLargestClaimWithoutEvidence() throws IOException {
        check("a.smtx", "1, 1048576, 0\n0 0".getBytes(StandardCharsets.ISO_8859_1));
        String banner = "%%MatrixMarket matrix coordinate real general\n";
        check("a.mtx", (banner + "1048576 1048576 0").getBytes(StandardCharsets.ISO_8859_1));
        check("a.mtx", (banner + "1048576 1048576 2147483639\n1 1 1").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static BlockPattern drawPattern(RandomGenerator random) {
        return MatrixText.pattern(random.nextInt(12), random.nextInt(12), random.nextDouble(), random);
    }

    private static void check(String name, byte[] bytes) throws IOException {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        BlockPattern pattern;
        try {
            pattern = MatrixText.read(name, bytes).pattern();
        } catch (MatrixFileException e) {
            assertEquals(name, e.file());
            assertTrue(e.line() >= 1, e::getMessage);
            assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e::getMessage);
            assertTrue(e.getMessage().length() < 300, e::getMessage);
            return;
        } finally {
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_BYTES, () -> allocated + " bytes for a file of " + bytes.length);
        }
        // What was accepted is a pattern in every respect.
        assertTrue(pattern.blocks() <= 2 * bytes.length);
        int[] offsets = new int[pattern.rows() + 1];
        Arrays.setAll(offsets, pattern::rowOffset);
        int[] columns = new int[pattern.blocks()];
        Arrays.setAll(columns, pattern::gridCol);
        assertEquals(pattern, BlockPattern.of(pattern.rows(), pattern.cols(), 1, 1, offsets, columns));
    }

    private static byte[] mutated(String text, int mutations, RandomGenerator random) {
        StringBuilder changed = new StringBuilder(text);
        for (int i = 0; i < mutations; i++) {
            int at = random.nextInt(changed.length() + 1);
            int end = Math.min(changed.length(), at + 1 + random.nextInt(4));
            switch (random.nextInt(5)) {
                case 0 -> changed.insert(at, INSERTED[random.nextInt(INSERTED.length)]);
                case 1 -> changed.delete(at, end);
                case 2 -> changed.replace(at, end, Character.toString(random.nextInt(256)));
                case 3 -> changed.insert(at, changed.substring(at, end));
                default -> changed.setLength(Math.max(at, changed.length() / 2));
            }
        }
        return changed.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
