package dev.rewire.kernels;

import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** Skips, with the reason, where there are no guarded pages. */
final class LinuxOnly implements SkipExecutionHook {
    @Override
    public SkipResult shouldBeSkipped(LifecycleContext context) {
        return GuardedArena.isSupported() ? SkipResult.doNotSkip() : SkipResult.skip("guarded pages need Linux");
    }
}
