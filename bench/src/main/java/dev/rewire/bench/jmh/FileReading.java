package dev.rewire.bench.jmh;

import dev.rewire.kernels.BlockPattern;
import dev.rewire.kernels.io.SparseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Reads a file as the Deep Learning Matrix Collection has them. It is made in the folder for temporary files, so it is in the cache. */
public class FileReading extends Bench {
    /** Rows × columns of the matrix. */
    @Param({"512x512", "2048x512"})
    public String shape;

    /** Share of the elements that are not in the file. */
    @Param("0.9")
    public double sparsity;

    private Path file;

    /** For JMH. */
    public FileReading() {}

    /**
     * Writes the file, and checks that what is read is what was written.
     *
     * @throws IOException if there is no place for it
     */
    @Setup(Level.Trial)
    public void prepare() throws IOException {
        BlockPattern pattern = Inputs.pattern(Size.parse(shape), new Size(1, 1), sparsity, new SplittableRandom(1));
        file = Files.createTempFile("rewire-jmh-", ".smtx");
        Files.writeString(file, text(pattern));
        Agreement.that(readSmtx().equals(pattern), "the pattern that is read is not the one that was written");
    }

    private static String text(BlockPattern pattern) {
        StringJoiner offsets = new StringJoiner(" ");
        for (int row = 0; row <= pattern.rows(); row++) {
            offsets.add(Integer.toString(pattern.rowOffset(row)));
        }
        StringJoiner cols = new StringJoiner(" ");
        for (int block = 0; block < pattern.blocks(); block++) {
            cols.add(Integer.toString(pattern.gridCol(block)));
        }
        return pattern.rows() + ", " + pattern.cols() + ", " + pattern.blocks() + "\n" + offsets + "\n" + cols + "\n";
    }

    /**
     * Deletes the file.
     *
     * @throws IOException if it cannot be deleted
     */
    @TearDown(Level.Trial)
    public void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    /**
     * Reads the file.
     *
     * @return where its elements are
     * @throws IOException if it cannot be read
     */
    @Benchmark
    public BlockPattern readSmtx() throws IOException {
        return SparseFile.read(file).pattern();
    }
}
