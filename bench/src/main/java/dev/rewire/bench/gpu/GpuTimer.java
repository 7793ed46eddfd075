package dev.rewire.bench.gpu;

import dev.rewire.bench.Settling;
import dev.rewire.bench.Times;
import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuEvent;
import dev.rewire.gpu.GpuStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleConsumer;

/** Times work on a device by its own clock: between two events on one stream. */
final class GpuTimer implements AutoCloseable {
    /** What lies between two events, so that their resolution of half a microsecond and the start of the first kernel do not count. */
    private static final double SAMPLE_MS = 1;

    private static final int LEAST_ROUNDS = 5;
    private static final int MOST_LAUNCHES = 1000;

    private final GpuStream stream;
    private final GpuEvent start;
    private final GpuEvent end;

    GpuTimer(GpuContext context, GpuStream stream) {
        this.stream = stream;
        start = GpuEvent.create(context);
        end = GpuEvent.create(context);
    }

    /**
     * How long work takes that is put on the stream.
     *
     * @param work puts it there
     * @param launches how often
     * @return milliseconds of one
     */
    double millis(Runnable work, int launches) {
        start.record(stream);
        for (int i = 0; i < launches; i++) {
            work.run();
        }
        end.record(stream);
        end.synchronize();
        return end.millisecondsSince(start) / launches;
    }

    /** The median of some single runs after one that is not counted. */
    double median(Runnable work, int runs) {
        millis(work, 1);
        double[] millis = new double[runs];
        for (int run = 0; run < runs; run++) {
            millis[run] = millis(work, 1);
        }
        Arrays.sort(millis);
        return millis[runs / 2];
    }

    /**
     * Times some in turns, so that a device that slows down slows all of them; after a warm-up of each, in turns too.
     *
     * @param contenders each puts its work on the stream
     * @param seconds that runs are timed, all together, after the warm-up
     * @param elapsed is told between rounds how many seconds have passed
     * @return the times of each
     */
    List<Times> inTurns(List<Runnable> contenders, double seconds, DoubleConsumer elapsed) {
        List<Settling> warm = warmUp(contenders, seconds);
        int[] launches = warm.stream().mapToInt(GpuTimer::launches).toArray();
        long[][] nanos = new long[launches.length][64];
        long begin = System.nanoTime();
        int rounds = 0;
        for (double passed = 0; rounds < LEAST_ROUNDS || passed < seconds; rounds++) {
            for (int i = 0; i < launches.length; i++) {
                if (rounds == nanos[i].length) {
                    nanos[i] = Arrays.copyOf(nanos[i], 2 * rounds);
                }
                nanos[i][rounds] = Math.round(millis(contenders.get(i), launches[i]) * 1e6);
            }
            passed = (System.nanoTime() - begin) / 1e9;
            elapsed.accept(passed);
        }
        List<Times> times = new ArrayList<>();
        for (int i = 0; i < nanos.length; i++) {
            times.add(Times.of(Arrays.copyOf(nanos[i], rounds), warm.get(i).warmUp()));
        }
        return times;
    }

    private List<Settling> warmUp(List<Runnable> contenders, double seconds) {
        List<Settling> warm =
                contenders.stream().map(each -> new Settling(seconds)).toList();
        boolean over;
        do {
            over = true;
            for (int i = 0; i < warm.size(); i++) {
                Settling each = warm.get(i);
                if (!each.isOver()) {
                    int launches = launches(each);
                    each.add(millis(contenders.get(i), launches) * 1e6, launches);
                    over = false;
                }
            }
        } while (!over);
        return warm;
    }

    /** How many runs make a sample. */
    private static int launches(Settling warm) {
        return (int) Math.clamp(Math.ceil(SAMPLE_MS * 1e6 / Math.max(warm.bestNanos(), 1)), 1, MOST_LAUNCHES);
    }

    @Override
    public void close() {
        start.close();
        end.close();
    }
}
