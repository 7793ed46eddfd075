package dev.rewire.kernels.probe;

/**
 * One thing that processors of this architecture may be able to do.
 *
 * @param name as its maker writes it, e.g. {@code AVX-512F}
 * @param has whether the processor has it
 * @param usable whether the system lets programs use it
 * @param jvm whether this JVM's compiler uses it
 * @param rewire whether Rewire's kernels use it, and why
 */
public record Capability(String name, Answer has, Answer usable, Answer jvm, Answer rewire) {}
