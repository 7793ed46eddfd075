package dev.rewire.kernels;

/** Memory of some workers for what a product needs for the time of a run, and each run makes anew: so all plans have it in common, as large as the largest of them needs it. */
final class WorkerScratch {
    private char[] inputs = {};
    private int[] rowStarts = {};
    private int[] colStarts = {};

    synchronized char[] inputs(int count) {
        if (inputs.length < count) {
            inputs = new char[count];
        }
        return inputs;
    }

    synchronized int[] rowStarts(int count) {
        if (rowStarts.length < count) {
            rowStarts = new int[count];
        }
        return rowStarts;
    }

    synchronized int[] colStarts(int count) {
        if (colStarts.length < count) {
            colStarts = new int[count];
        }
        return colStarts;
    }

    synchronized long heldBytes() {
        return (long) Character.BYTES * inputs.length + (long) Integer.BYTES * (rowStarts.length + colStarts.length);
    }
}
