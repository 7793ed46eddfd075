package dev.rewire.kernels;

import dev.rewire.kernels.internal.CacheSizes;

/** The work of an SpMM, cut into tasks: a range of output groups for one panel each. */
final class SpmmSchedule {
    /** Outputs of one task at most, so that its tile of a row-major output stays in cache between product and write-back. */
    static final int TASK_OUTPUTS = 256;

    private static final long LARGE_L2 = 2 << 20;

    /**
     * Bytes of input panels that all tasks walk before the next: they are read once from memory, and then from a cache. Where the second is as large as Intel's (2 MiB on
     * Emerald Rapids) the third is far away, and panels stay in half of the second: 3072→768, 16×16, 90 %, takes 1.51 ms so and 1.96 with 4 MiB. With AMD's (1 MiB on Zen
     * 4) the third is near, and reading the weights once for more panels counts for more: 2.3 against 2.8 ms.
     */
    private static final long BYTES_AT_ONCE = CacheSizes.L2 >= LARGE_L2 ? CacheSizes.L2 / 2 : 4 << 20;

    /** Tasks for each worker, so that the last ones end together. */
    private static final int TASKS_PER_WORKER = 4;

    /** What an output costs by itself, in steps of a block. */
    private static final int STEPS_OF_OUTPUT = 4;

    private final int panels;
    private final int panelsAtOnce;
    private final int threads;
    private final int outputsOfGroup;
    private final int steps;
    private final int taskValues;
    private final int[] cuts;
    private int tasksOfPanel;

    /**
     * A schedule without tasks, until {@link #cut}.
     *
     * @param setup of the product
     * @param inputs features of a sample
     * @param groups groups of outputs
     * @param outputsOfGroup outputs of a group
     * @param steps inputs of an item
     * @param taskValues floats of W that one task walks at most for each panel
     */
    SpmmSchedule(SpmmSetup setup, int inputs, int groups, int outputsOfGroup, int steps, int taskValues) {
        panels = setup.panels();
        threads = setup.threads();
        this.outputsOfGroup = outputsOfGroup;
        this.steps = steps;
        this.taskValues = taskValues;
        panelsAtOnce = panelsAtOnce((long) inputs * setup.lanes() * Float.BYTES);
        cuts = new int[groups + 1];
    }

    /** Turns of about equal numbers of panels. */
    private int panelsAtOnce(long panelBytes) {
        long most = Math.max(1, BYTES_AT_ONCE / Math.max(1, panelBytes));
        long turns = Math.max(1, (panels + most - 1) / most);
        return (int) Math.max(1, (panels + turns - 1) / turns);
    }

    /**
     * Cuts the groups where about equal work is done; work is what is stored, plus what each output costs by itself.
     *
     * @param offsets for each group its first item, and the number of items at the end
     */
    void cut(int[] offsets) {
        int groups = offsets.length - 1;
        long total = (long) groups * STEPS_OF_OUTPUT + (long) offsets[groups] * steps;
        int wanted = Math.max(1, (TASKS_PER_WORKER * threads + panels - 1) / Math.max(1, panels));
        long share = Math.min(Math.max(1, taskValues / outputsOfGroup), (total + wanted - 1) / wanted);
        int most = Math.max(1, TASK_OUTPUTS / outputsOfGroup);
        tasksOfPanel = 0;
        long work = 0;
        for (int group = 0; group < groups; group++) {
            work += STEPS_OF_OUTPUT + (long) (offsets[group + 1] - offsets[group]) * steps;
            if (work >= share || group + 1 - cuts[tasksOfPanel] >= most || group + 1 == groups) {
                cuts[++tasksOfPanel] = group + 1;
                work = 0;
            }
        }
    }

    int tasksOfPanel() {
        return tasksOfPanel;
    }

    /** Tasks of the first panels. */
    int tasks(int panelsOfRun) {
        return tasksOfPanel * panelsOfRun;
    }

    // Some panels for all tasks, then the next; among these, task after task, whose values stay in cache from panel to
    // panel.

    /** The panel of a task of all. */
    int panel(int task, int panelsOfRun) {
        int first = firstPanel(task);
        return first + task % (tasksOfPanel * panelsAtOnce) % panelsOfTurn(first, panelsOfRun);
    }

    /** Which of the tasks of its panel a task of all is. */
    int taskOfPanel(int task, int panelsOfRun) {
        return task % (tasksOfPanel * panelsAtOnce) / panelsOfTurn(firstPanel(task), panelsOfRun);
    }

    private int firstPanel(int task) {
        return task / (tasksOfPanel * panelsAtOnce) * panelsAtOnce;
    }

    private int panelsOfTurn(int firstPanel, int panelsOfRun) {
        return Math.min(panelsAtOnce, panelsOfRun - firstPanel);
    }

    int firstGroup(int taskOfPanel) {
        return cuts[taskOfPanel];
    }

    int endGroup(int taskOfPanel) {
        return cuts[taskOfPanel + 1];
    }
}
