package dev.rewire.kernels.internal;

/** One share of the work of {@link dev.rewire.kernels.Workers}. */
@FunctionalInterface
public interface WorkerTask {
    /**
     * Does it.
     *
     * @param task number of the share
     * @param worker number of the thread that does it
     */
    void run(int task, int worker);
}
