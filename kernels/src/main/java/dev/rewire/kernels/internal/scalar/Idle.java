package dev.rewire.kernels.internal.scalar;

import java.util.ArrayDeque;
import java.util.function.Supplier;

/** Memory on the heap that workers take for the time of a run: as many pieces as there are workers at once, so that only first runs allocate. */
public final class Idle<T> {
    private final Supplier<T> fresh;
    private final ArrayDeque<T> pieces = new ArrayDeque<>();

    /** With what is made where none is idle. */
    public Idle(Supplier<T> fresh) {
        this.fresh = fresh;
    }

    /** What another run has given back, or new. */
    public synchronized T take() {
        T piece = pieces.pollLast();
        return piece == null ? fresh.get() : piece;
    }

    /** Back to those that are idle. */
    public synchronized void give(T piece) {
        pieces.addLast(piece);
    }
}
