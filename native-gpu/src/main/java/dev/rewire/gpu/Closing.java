package dev.rewire.gpu;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What has to be undone, last done first: at the end, or where a constructor fails halfway. Every step is tried; the first failure is thrown. */
final class Closing {
    private final Deque<Runnable> steps = new ArrayDeque<>();

    void add(Runnable step) {
        steps.push(step);
    }

    void run() {
        RuntimeException first = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException e) {
                first = with(first, e);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** Undoes what stands when something has failed, which is then thrown. */
    RuntimeException after(RuntimeException failure) {
        try {
            run();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static RuntimeException with(@Nullable RuntimeException first, RuntimeException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
