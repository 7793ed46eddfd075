package dev.rewire.kernels.internal.system;

import java.lang.module.ModuleFinder;
import org.jspecify.annotations.Nullable;

/** What the vector kernels need from the start of the JVM, and how it is given in the situation that they find themselves in. */
public final class Requirements {
    private static final String VECTOR = "jdk.incubator.vector";
    private static final Module KERNELS = Requirements.class.getModule();

    private Requirements() {}

    /** Why the Vector API cannot be used, and what to do; null where it can. */
    public static @Nullable String missingVectorModule() {
        if (ModuleLayer.boot().findModule(VECTOR).isPresent()) {
            return null;
        }
        // Flags of the JVM add what is in the image alone; and what is in an image still has to be added, by a flag or
        // by whoever requires it.
        String missing = ModuleFinder.ofSystem().find(VECTOR).isPresent()
                ? "module " + VECTOR + " is missing; start the JVM with --add-modules " + VECTOR
                : "module " + VECTOR + " is not in this run-time image; link it with jlink --add-modules " + VECTOR
                        + " --add-options=--add-modules=" + VECTOR;
        return isModuleOfBootLayer() ? missing + ", or require it in a module of the application" : missing;
    }

    /** That native access is denied, and what to do. */
    public static String deniedNativeAccess() {
        String denied = "native access is denied; ";
        if (KERNELS.isNamed() && !isModuleOfBootLayer()) {
            // The JVM's flag knows the modules of the boot layer alone.
            return denied + "give it to module " + KERNELS.getName()
                    + " with ModuleLayer.Controller.enableNativeAccess";
        }
        return denied + "start the JVM with --enable-native-access="
                + (KERNELS.isNamed() ? KERNELS.getName() : "ALL-UNNAMED");
    }

    private static boolean isModuleOfBootLayer() {
        return KERNELS.getLayer() == ModuleLayer.boot();
    }
}
