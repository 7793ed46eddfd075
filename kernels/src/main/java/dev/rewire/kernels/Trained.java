package dev.rewire.kernels;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weights and what lies on the same places: what an update of an optimiser walks. */
final class Trained {
    private static final int ELEMENTS_OF_TASK = 64 * 1024;

    /** The places of a value. */
    private sealed interface Places {
        record Blocks(BlockPattern pattern) implements Places {
            @Override
            public String toString() {
                return pattern.toString();
            }
        }

        record Nm(NmPattern pattern) implements Places {
            @Override
            public String toString() {
                return pattern.toString();
            }
        }

        record Dense(int rows, int cols) implements Places {
            @Override
            public String toString() {
                return rows + "×" + cols;
            }
        }
    }

    /** What an optimiser does to elements of its operands: weights, gradient, slots. */
    interface Step {
        void run(MemorySegment[] operands, long from, long to);
    }

    /** A loop over elements. */
    interface Loop {
        void run(long from, long to, int worker);
    }

    private final Places places;
    private final Workers workers;
    private final List<String> names = new ArrayList<>();
    private final List<MemorySegment> values = new ArrayList<>();
    private final List<@Nullable KernelArena> arenas = new ArrayList<>();

    private Trained(Places places, Workers workers) {
        this.places = places;
        this.workers = workers;
    }

    static Trained of(BlockSparseMatrix w, Workers workers) {
        return new Trained(new Places.Blocks(w.pattern()), workers).with("w", w);
    }

    static Trained of(SemiStructuredMatrix w, Workers workers) {
        return new Trained(new Places.Nm(w.pattern()), workers).with("w", w);
    }

    static Trained of(DenseMatrix w, Workers workers) {
        return new Trained(new Places.Dense(w.rows(), w.cols()), workers).with("w", w);
    }

    Trained with(String name, BlockSparseMatrix matrix) {
        Check.floats(name, matrix.type());
        return with(name, new Places.Blocks(matrix.pattern()), matrix.values(), matrix.arena());
    }

    Trained with(String name, SemiStructuredMatrix matrix) {
        Check.floats(name, matrix.type());
        return with(name, new Places.Nm(matrix.pattern()), matrix.values(), matrix.arena());
    }

    Trained with(String name, DenseMatrix matrix) {
        Check.equal(name + ".rowStride", matrix.rowStride(), matrix.cols(), "rows next to each other");
        workers.checkReach(name, matrix.segment());
        if (!name.equals("dw")) {
            PanelCopying.checkWritable(name, matrix);
        }
        long bytes = (long) matrix.rows() * matrix.cols() * Float.BYTES;
        return with(
                name,
                new Places.Dense(matrix.rows(), matrix.cols()),
                matrix.segment().asSlice(0, bytes),
                null);
    }

    /** Something that is written beside and has other places. */
    Trained beside(String name, MemorySegment valuesOfIt, KernelArena arena) {
        return with(name, places, valuesOfIt, arena);
    }

    private Trained with(String name, Places placesOfIt, MemorySegment valuesOfIt, @Nullable KernelArena arena) {
        if (!placesOfIt.equals(places)) { // patterns of one training step are one object, which compares at once
            throw new IllegalArgumentException(
                    name + ": " + placesOfIt + " has other places than w, " + places + "; accepted are the same");
        }
        Check.alive(name, valuesOfIt); // freed memory may have been given to another
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i).asOverlappingSlice(valuesOfIt).isPresent()) {
                throw new IllegalArgumentException(
                        name + ": shares memory with " + names.get(i) + "; accepted are separate matrices");
            }
        }
        names.add(name);
        values.add(valuesOfIt);
        arenas.add(arena);
        return this;
    }

    /** The values of an operand, in the order in which they were given. */
    MemorySegment values(int operand) {
        return values.get(operand);
    }

    /** Runs a step on all elements. */
    void update(Step step) {
        MemorySegment[] operands = values.toArray(MemorySegment[]::new);
        long count = values.get(0).byteSize() / Float.BYTES;
        forEachPart(0, count, ELEMENTS_OF_TASK, (from, to, worker) -> step.run(operands, from, to));
    }

    /** Runs a loop over elements, cut into tasks of so many, while no arena can be closed. */
    void forEachPart(long first, long end, long elementsOfTask, Loop loop) {
        StackRoom.reserve();
        int held = 0;
        try {
            for (; held < arenas.size(); held++) {
                KernelArena arena = arenas.get(held);
                if (arena != null) {
                    arena.acquire(names.get(held));
                }
            }
            workers.run((int) ((end - first + elementsOfTask - 1) / elementsOfTask), (task, worker) -> {
                long from = first + task * elementsOfTask;
                loop.run(from, Math.min(from + elementsOfTask, end), worker);
            });
        } finally {
            while (held > 0) {
                KernelArena arena = arenas.get(--held);
                if (arena != null) {
                    arena.release();
                }
            }
        }
    }
}
