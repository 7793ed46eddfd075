package dev.rewire.training.optimizer;

import java.util.List;

/** The learning rate as a function of the step. All rates are finite and at least 0; steps count from 0. */
public sealed interface LearningRate {
    /**
     * The learning rate of a step.
     *
     * @param step t, the number of steps already taken, at least 0
     * @return the rate, finite and at least 0
     */
    double at(long step);

    /**
     * Puts a linear warm-up before this schedule: step t &lt; {@code steps} has (t + 1)/(steps + 1) of its rate. A
     * cosine holds its peak during the warm-up and falls from there to the same last step; milestones stay where they
     * are.
     *
     * @param steps the length of the warm-up, at least 0
     * @return the schedule with its warm-up
     * @throws IllegalArgumentException if the length is negative or, for a cosine, reaches beyond its last step
     */
    default LearningRate withWarmup(long steps) {
        LearningRate then = this instanceof Cosine cosine
                ? new Cosine(cosine.peak(), cosine.last(), Math.max(cosine.start(), steps), cosine.end())
                : this;
        return new Warmup(then, steps);
    }

    /**
     * One rate for the whole run.
     *
     * @param rate the rate, finite and at least 0
     */
    record Constant(double rate) implements LearningRate {
        /**
         * Checks the rate.
         *
         * @throws IllegalArgumentException if it is out of range
         */
        public Constant {
            requireRate("rate", rate);
        }

        @Override
        public double at(long step) {
            return rate;
        }
    }

    /**
     * A rate that is multiplied by a factor at each milestone.
     *
     * @param rate the rate before the first milestone, finite and at least 0
     * @param factor what each milestone multiplies the rate by, above 0 and at most 1
     * @param milestones the steps from which on the rate is lower, ascending, each at least 1
     */
    record Step(double rate, double factor, List<Long> milestones) implements LearningRate {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range or the milestones do not ascend
         */
        public Step {
            requireRate("rate", rate);
            if (!(factor > 0 && factor <= 1)) {
                throw new IllegalArgumentException(
                        "factor: " + factor + " is out of range; accepted are numbers above 0, at most 1");
            }
            milestones = List.copyOf(milestones);
            long previous = 0;
            for (long milestone : milestones) {
                if (milestone <= previous) {
                    throw new IllegalArgumentException(
                            "milestones: " + milestones + " do not ascend; accepted are ascending steps from 1");
                }
                previous = milestone;
            }
        }

        @Override
        public double at(long step) {
            double current = rate;
            for (long milestone : milestones) {
                if (step < milestone) {
                    break;
                }
                current *= factor;
            }
            return current;
        }
    }

    /**
     * A rate that falls from a peak to a last value along half a cosine: last + (peak &minus; last)/2 · (1 + cos(π·(t
     * &minus; start)/(end &minus; start))). Source: Loshchilov and Hutter, "SGDR", 2017, equation 5, without restarts.
     *
     * @param peak the rate up to {@code start}, finite and at least 0
     * @param last the rate from {@code end} on, 0 to peak
     * @param start the step at which the rate begins to fall, at least 0
     * @param end the step at which the rate reaches its last value, above start
     */
    record Cosine(double peak, double last, long start, long end) implements LearningRate {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Cosine {
            requireRate("peak", peak);
            if (!(last >= 0 && last <= peak)) {
                throw new IllegalArgumentException("last: " + last + " is out of range; accepted are 0 to " + peak);
            }
            if (start < 0) {
                throw new IllegalArgumentException("start: " + start + " is out of range; accepted are 0 and more");
            }
            if (end <= start) {
                throw new IllegalArgumentException(
                        "end: " + end + " is out of range; accepted are steps above the start, " + start);
            }
        }

        @Override
        public double at(long step) {
            if (step <= start) {
                return peak;
            }
            if (step >= end) {
                return last;
            }
            double progress = (double) (step - start) / (end - start);
            return last + (peak - last) / 2 * (1 + StrictMath.cos(Math.PI * progress));
        }
    }

    /**
     * A linear rise to another schedule; made by {@link LearningRate#withWarmup}.
     *
     * @param then the schedule that it rises to
     * @param steps the length of the rise, at least 0
     */
    record Warmup(LearningRate then, long steps) implements LearningRate {
        /**
         * Checks the length.
         *
         * @throws IllegalArgumentException if it is negative
         */
        public Warmup {
            if (steps < 0) {
                throw new IllegalArgumentException("steps: " + steps + " is out of range; accepted are 0 and more");
            }
        }

        @Override
        public double at(long step) {
            return step < steps ? then.at(step) * (step + 1) / (steps + 1) : then.at(step);
        }
    }

    private static void requireRate(String argument, double rate) {
        if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    argument + ": " + rate + " is out of range; accepted are finite numbers from 0");
        }
    }
}
