package dev.rewire.kernels;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** Of two plans of one product that which runs faster. */
final class Fastest {
    private Fastest() {}

    /**
     * Makes both, warms both up, and closes the slower one.
     *
     * @param make a plan that does as it is told
     * @param warmUp its warm-up
     * @param tell the plan what was measured
     * @param close a plan
     * @return the faster one
     */
    static <P> P of(
            Function<PlanChoice, P> make, Function<P, WarmUp> warmUp, BiConsumer<P, String> tell, Consumer<P> close) {
        P stored = make.apply(PlanChoice.STORED);
        try {
            P dense = make.apply(PlanChoice.DENSE);
            try {
                WarmUp ofDense = warmUp.apply(dense);
                WarmUp ofStored = warmUp.apply(stored);
                boolean isDense = ofDense.best().compareTo(ofStored.best()) < 0;
                P faster = isDense ? dense : stored;
                tell.accept(
                        faster,
                        String.format(
                                Locale.ROOT,
                                "measured: stored values %.3f ms, dense %.3f ms",
                                ofStored.best().toNanos() / 1e6,
                                ofDense.best().toNanos() / 1e6));
                close.accept(isDense ? stored : dense);
                return faster;
            } catch (Throwable e) {
                close.accept(dense);
                throw e;
            }
        } catch (Throwable e) {
            close.accept(stored);
            throw e;
        }
    }
}
