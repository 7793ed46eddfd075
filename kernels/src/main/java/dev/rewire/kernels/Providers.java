package dev.rewire.kernels;

import dev.rewire.kernels.internal.KernelProvider;
import dev.rewire.kernels.internal.scalar.ScalarProvider;
import dev.rewire.kernels.internal.system.Requirements;
import dev.rewire.kernels.internal.vector.VectorProvider;
import dev.rewire.kernels.probe.Jvm;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Chooses the kernels, once. */
final class Providers {
    private static final String PROPERTY = "rewire.kernels";
    private static final String BITS_PROPERTY = "rewire.kernels.bits";
    private static final List<String> WIDTHS = List.of("128", "256", "512");
    private static final int LEAST_SSE = 4;

    private record Selection(KernelProvider provider, String reason) {}

    private static volatile @Nullable Selection selection;

    private Providers() {}

    static KernelProvider active() {
        return selection().provider;
    }

    static Provider describe() {
        Selection selected = selection();
        return new Provider(selected.provider.name(), selected.provider.vectorBits(), selected.reason);
    }

    private static Selection selection() {
        Selection selected = selection;
        return selected != null ? selected : select();
    }

    private static synchronized Selection select() {
        Selection selected = selection;
        if (selected == null) {
            StackRoom.reserveForFirstRun();
            selected = choose(System.getProperty(PROPERTY, ""), System.getProperty(BITS_PROPERTY, ""));
            selection = selected;
        }
        return selected;
    }

    private static Selection choose(String forced, String bits) {
        if (!bits.isEmpty() && !WIDTHS.contains(bits)) {
            throw new IllegalStateException(
                    "-D" + BITS_PROPERTY + "=" + bits + ": unknown; accepted are " + String.join(", ", WIDTHS));
        }
        String width = bits.isEmpty() ? "" : "-D" + BITS_PROPERTY + "=" + bits;
        return switch (forced) {
            case "scalar" -> new Selection(new ScalarProvider(), "forced by -D" + PROPERTY + "=scalar");
            case "vector" -> forced(("-D" + PROPERTY + "=vector " + width).strip());
            case "" -> bits.isEmpty() ? preferred() : forced(width);
            default ->
                throw new IllegalStateException(
                        "-D" + PROPERTY + "=" + forced + ": unknown; accepted are scalar, vector");
        };
    }

    private static Selection forced(String flag) {
        try {
            return new Selection(vector(), "forced by " + flag);
        } catch (UnavailableException e) {
            throw new IllegalStateException(flag + ": cannot run here: " + e.getMessage(), e);
        }
    }

    private static Selection preferred() {
        Jvm jvm = Jvm.current();
        try {
            requireCompiledVectors(jvm);
            KernelProvider vector = vector();
            if (!jvm.useFma().isNo()) {
                return new Selection(vector, "the widest vectors that this JVM prefers");
            }
            String apart = "products and sums apart, since a fused multiply-add is no instruction in this JVM ("
                    + jvm.useFma().source() + ")";
            warn("Rewire is up to twice as slow as it could be: " + apart);
            return new Selection(vector, "the widest vectors that this JVM prefers; " + apart);
        } catch (UnavailableException e) {
            warn("Rewire runs on its scalar kernels, many times slower: " + e.getMessage());
            return new Selection(new ScalarProvider(), e.getMessage());
        }
    }

    private static void warn(String message) {
        System.getLogger("dev.rewire.kernels").log(System.Logger.Level.WARNING, message);
    }

    /** Vectors that C2 does not compile are objects, and kernels made of them slower than the scalar ones. */
    private static void requireCompiledVectors(Jvm jvm) throws UnavailableException {
        switch (jvm.compiler()) {
            case C1, INTERPRETER ->
                throw new UnavailableException(
                        "this JVM does not compile vectors: " + jvm.compiler() + " alone (" + jvm.compilerSource()
                                + ")",
                        null);
            case C2, OTHER, UNKNOWN -> {}
        }
        Jvm.Flag sse = jvm.flags().get("UseSSE");
        if (sse != null && Integer.parseInt(sse.value()) < LEAST_SSE) {
            throw new UnavailableException(
                    "this JVM does not compile vectors: UseSSE=" + sse.value() + ", and they need SSE 4.1", null);
        }
    }

    private static KernelProvider vector() throws UnavailableException {
        String missing = Requirements.missingVectorModule();
        if (missing != null) {
            throw new UnavailableException(missing, null);
        }
        try {
            return VectorProvider.create();
        } catch (IllegalCallerException e) {
            throw new UnavailableException(Requirements.deniedNativeAccess(), e);
        } catch (IllegalArgumentException e) {
            throw new UnavailableException(String.valueOf(e.getMessage()), e);
        }
    }

    private static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        UnavailableException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
