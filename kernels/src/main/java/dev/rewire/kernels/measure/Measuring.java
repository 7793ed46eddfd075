package dev.rewire.kernels.measure;

import dev.rewire.kernels.internal.vector.ceiling.ReadLoop;
import dev.rewire.kernels.internal.vector.ceiling.Widths;
import dev.rewire.kernels.measure.Measured.Fma;
import dev.rewire.kernels.measure.Measured.Read;
import dev.rewire.kernels.measure.Measured.Registers;
import dev.rewire.kernels.measure.ReadSizes.Buffer;
import dev.rewire.kernels.probe.Jvm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** The steps of a measurement, and how they share its time. */
final class Measuring {
    /** Of the whole, for each figure: some 20 of them, and what is left compiles the loops. */
    private static final double SHARE_OF_A_FIGURE = 0.03;

    /** Of the whole, for each comparison of loops with more and less sums; three or four by width. */
    private static final double SHARE_OF_A_COMPARISON = 0.01;

    /** Of the whole, for one loop, as long as there is time: it takes a twentieth of a second, and on a busy machine more. */
    private static final double MOST_WARM_UP = 0.25;

    private static final double LEAST_WARM_UP = 0.1;

    private final List<Buffer> buffers;
    private final int threads;
    private final double seconds;
    private final Consumer<String> progress;
    private final long start = System.nanoTime();
    private boolean compiled = true;

    Measuring(List<Buffer> buffers, int threads, double seconds, Consumer<String> progress) {
        this.buffers = buffers;
        this.threads = threads;
        this.seconds = seconds;
        this.progress = progress;
    }

    Measured run() {
        boolean fused = !Jvm.current().useFma().isNo();
        int readBits = Widths.widest();
        List<Fma> fma = new ArrayList<>();
        List<Registers> registers = new ArrayList<>();
        List<Read> read = new ArrayList<>();
        for (int bits : Widths.all()) {
            progress.accept("multiply-adds, " + bits + " bits");
            fma.add(fma(bits, fused));
        }
        ReadLoop readLoop = ReadLoop.generate(readBits);
        for (Buffer buffer : buffers) {
            progress.accept("reading, " + buffer.level());
            read.add(read(readLoop, readBits, buffer));
        }
        // Last, since it compiles most, and the widest first: what a busy machine has no time for is the least of it.
        for (int bits : Arrays.stream(Widths.all()).boxed().toList().reversed()) {
            progress.accept("registers, " + bits + " bits");
            KeptSums.find(bits, SHARE_OF_A_COMPARISON * seconds, mostWarmUp())
                    .ifPresent(sums -> registers.addFirst(new Registers(bits, sums)));
        }
        Verdicts verdicts = new Verdicts(threads, fused, compiled, fma, read);
        return new Measured(
                null,
                threads,
                elapsed(),
                fused,
                compiled,
                fma,
                registers,
                readBits,
                read,
                verdicts.fastestBits(),
                verdicts.lines());
    }

    private double elapsed() {
        return (System.nanoTime() - start) / 1e9;
    }

    private double mostWarmUp() {
        return Math.clamp(seconds - elapsed(), LEAST_WARM_UP * seconds, MOST_WARM_UP * seconds);
    }

    private Fma fma(int bits, boolean fused) {
        try (MachineRates.Fma loop = new MachineRates.Fma(bits, fused, threads, mostWarmUp())) {
            compiled &= loop.compiled;
            double core = loop.gflops(1, SHARE_OF_A_FIGURE * seconds);
            return new Fma(bits, core, threads == 1 ? core : loop.gflops(threads, SHARE_OF_A_FIGURE * seconds));
        }
    }

    private Read read(ReadLoop loop, int bits, Buffer buffer) {
        try (MachineRates.Read memory = new MachineRates.Read(loop, bits, threads, buffer.each())) {
            compiled &= memory.warmUp(mostWarmUp());
            // Of memory one thread alone reads all shares, which follow one another.
            long alone = Math.min(buffer.core(), threads * memory.share);
            double core = memory.gbs(1, alone, SHARE_OF_A_FIGURE * seconds);
            double all = threads == 1 ? core : memory.gbs(threads, memory.share, SHARE_OF_A_FIGURE * seconds);
            return new Read(buffer.level(), alone, core, all);
        }
    }
}
