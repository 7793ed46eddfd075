package dev.rewire.training;

import dev.rewire.training.layer.Binding;
import dev.rewire.training.loop.Batches;
import dev.rewire.training.loop.Profile;
import dev.rewire.training.loop.RunLength;
import dev.rewire.training.loop.SampleOrder;
import dev.rewire.training.loop.StepClock;
import dev.rewire.training.loop.StepTimes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The steps of a run: each loads its batch, learns from it, and is counted and timed. */
final class RunLoop {
    private final SampleOrder order;
    private final Batches batches;
    private final Trainer trainer;
    private final RunLength length;
    private final StepTimes times;
    private final @Nullable Profile profile;
    private final Tally tally = new Tally();
    private @Nullable DivergedException divergence;

    /**
     * A loop before its first step.
     *
     * @param order which samples each step learns from
     * @param batches where they are loaded
     * @param trainer learns from them
     * @param length of the whole run
     * @param profile is told where the time goes, or null
     */
    RunLoop(SampleOrder order, Batches batches, Trainer trainer, RunLength length, @Nullable Profile profile) {
        this.order = order;
        this.batches = batches;
        this.trainer = trainer;
        this.profile = profile;
        this.length = length;
        times = new StepTimes(length.steps());
    }

    /** Takes one step, and says what the loss of its batch was. */
    double step() {
        requireConverging();
        long start = System.nanoTime();
        tally.clock().start();
        order.load(steps(), batches);
        tally.clock().end(StepClock.Part.LOADING);
        if (profile != null) {
            profile.add(Profile.LOADING, System.nanoTime() - start);
        }
        long rewirings = trainer.progress().rewirings;
        boolean rewired = learn();
        long nanos = System.nanoTime() - start;
        times.add(nanos, rewired);
        if (profile != null) {
            profile.endStep(nanos);
        }
        tally.addStep(trainer.loss(), nanos, trainer.progress().rewirings - rewirings);
        return trainer.loss().lossSum() / trainer.loss().predictions();
    }

    private boolean learn() {
        try {
            return trainer.step(tally.clock());
        } catch (DivergedException e) {
            divergence = e;
            throw e;
        }
    }

    /**
     * Refuses a run that has diverged.
     *
     * @throws DivergedException if a step did not update weights because of its loss
     */
    void requireConverging() {
        if (divergence != null) {
            throw divergence;
        }
    }

    /**
     * Refuses weights and the like that are no finite numbers, too.
     *
     * @throws DivergedException if the run has diverged
     */
    void requireFinite() {
        requireConverging();
        Finite.requireState(trainer.network(), steps());
    }

    /** Steps taken. */
    long steps() {
        return trainer.progress().steps;
    }

    /** How many there will be. */
    RunLength length() {
        return length;
    }

    Trainer trainer() {
        return trainer;
    }

    Network network() {
        return trainer.network();
    }

    /** What was counted. */
    Tally tally() {
        return tally;
    }

    /** Where it stands. */
    RunSummary summary(int epochs, int batch, String engine) {
        return RunSummary.of(epochs, batch, trainer, tally, times, engine);
    }

    /** How each layer computes. */
    List<String> plans() {
        return network().leaves().stream().map(leaf -> leaf.layer().plan()).toList();
    }

    /** Where the time went; no rows without a profile. */
    List<ProfileRow> profile() {
        List<String> names = network().leaves().stream().map(Binding.Leaf::name).toList();
        return profile == null
                ? List.of()
                : profile.rows(names).stream()
                        .map(row -> new ProfileRow(row.part(), row.medianMillis(), row.share()))
                        .toList();
    }
}
