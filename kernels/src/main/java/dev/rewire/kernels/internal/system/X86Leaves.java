package dev.rewire.kernels.internal.system;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * What {@code cpuid} says, through the function that glibc has for it since 2.33: for each register of a leaf the bits that the processor
 * has, and those that are usable. Linking a native function takes the JVM some 50 ms, so this is asked once and late.
 */
public final class X86Leaves {
    /** glibc numbers the leaves that it keeps; leaf 1. */
    public static final int LEAF_1 = 0;

    /** Leaf 7. */
    public static final int LEAF_7 = 1;

    /** Leaf 7, second part. */
    public static final int LEAF_7_1 = 6;

    private static final int LEAVES = 9;
    private static final int REGISTERS = 4;

    private final int[][] words;

    private X86Leaves(int[][] words) {
        this.words = words;
    }

    /**
     * What another processor might answer.
     *
     * @param words for each leaf as glibc numbers it eax, ebx, ecx and edx as the processor has them, then the same as they are usable
     * @return an answer with these
     */
    public static X86Leaves of(int[][] words) {
        return new X86Leaves(words);
    }

    /**
     * Asks the processor. No native function is called unless the JVM allows it without a warning.
     *
     * @return its answer; empty on another system or architecture, or without native access
     */
    public static Optional<X86Leaves> read() {
        if (!X86Leaves.class.getModule().isNativeAccessEnabled()) {
            return Optional.empty();
        }
        try {
            return Linker.nativeLinker()
                    .defaultLookup()
                    .find("__x86_get_cpuid_feature_leaf")
                    .map(X86Leaves::call);
        } catch (UnsupportedOperationException e) {
            // No linker for this platform.
            return Optional.empty();
        }
    }

    @SuppressWarnings("restricted") // the reason for this class: it calls what is native
    private static X86Leaves call(MemorySegment function) {
        MethodHandle leaf = Linker.nativeLinker()
                .downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        int[][] words = new int[LEAVES][];
        for (int i = 0; i < LEAVES; i++) {
            try {
                MemorySegment address = (MemorySegment) leaf.invokeExact(i);
                words[i] = address.reinterpret(2L * REGISTERS * Integer.BYTES).toArray(ValueLayout.JAVA_INT);
            } catch (Throwable e) {
                throw new AssertionError("a function of libc threw", e);
            }
        }
        return new X86Leaves(words);
    }

    /**
     * Whether the processor has a feature.
     *
     * @param leaf a constant of this class
     * @param register 0 to 3 for eax, ebx, ecx, edx
     * @param bit of the register
     * @return whether the bit is set
     */
    public boolean has(int leaf, int register, int bit) {
        return (words[leaf][register] >>> bit & 1) != 0;
    }

    /**
     * Whether a feature is usable: the processor has it, and the system saves its registers.
     *
     * @param leaf a constant of this class
     * @param register 0 to 3 for eax, ebx, ecx, edx
     * @param bit of the register
     * @return whether the bit is set among the active ones
     */
    public boolean usable(int leaf, int register, int bit) {
        return (words[leaf][REGISTERS + register] >>> bit & 1) != 0;
    }
}
