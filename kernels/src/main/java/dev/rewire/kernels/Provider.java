package dev.rewire.kernels;

/**
 * Which kernels run. The vector kernels need {@code --add-modules jdk.incubator.vector} and, to be silent, {@code
 * --enable-native-access=dev.rewire.kernels} (on the class path {@code =ALL-UNNAMED}); without the former the scalar kernels run. System
 * properties, read once: {@code rewire.kernels=scalar|vector} forces one, {@code rewire.kernels.bits=128|256|512} the width of the vectors.
 *
 * @param name {@code vector} or {@code scalar}
 * @param vectorBits bits of a vector register, 32 for scalar kernels
 * @param reason why this one runs
 */
public record Provider(String name, int vectorBits, String reason) {
    /**
     * The provider of this process.
     *
     * @return the one chosen at the first use
     * @throws IllegalStateException if a provider or width was forced that cannot run here
     */
    public static Provider active() {
        return Providers.describe();
    }
}
