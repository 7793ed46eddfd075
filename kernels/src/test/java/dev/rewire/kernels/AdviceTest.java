package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the scalar kernels advise fits the situation: a flag helps where the JVM has the module, and where it looks for flags. */
class AdviceTest {
    private static final String MISSING =
            "module jdk.incubator.vector is missing; start the JVM with --add-modules jdk.incubator.vector";
    private static final String NOT_IN_IMAGE = "module jdk.incubator.vector is not in this run-time image;"
            + " link it with jlink --add-modules jdk.incubator.vector --add-options=--add-modules=jdk.incubator.vector";
    private static final String OR_REQUIRE = ", or require it in a module of the application";
    private static final String DENIED = "native access is denied; ";

    private static final String VECTOR_MODULE = "--add-modules=jdk.incubator.vector";
    private static final String DENY = "--illegal-native-access=deny";
    private static final Path KERNELS = Fork.folderOf(Provider.class);
    private static final Path TESTS = Fork.folderOf(AdviceTest.class);

    /** Prints why the kernels are what they are. */
    public static final class Reason {
        private Reason() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            System.out.println(Provider.active().reason());
        }
    }

    /** Does the same in a layer of its own. */
    static final class LayeredReason {
        private LayeredReason() {}

        public static void main(String[] arguments) throws ReflectiveOperationException {
            ModuleLayer boot = ModuleLayer.boot();
            Configuration kernels = boot.configuration()
                    .resolve(ModuleFinder.of(Path.of(arguments[0])), ModuleFinder.of(), Set.of("dev.rewire.kernels"));
            Class<?> provider = boot.defineModulesWithOneLoader(kernels, ClassLoader.getPlatformClassLoader())
                    .findLoader("dev.rewire.kernels")
                    .loadClass("dev.rewire.kernels.Provider");
            print(provider.getMethod("reason")
                    .invoke(provider.getMethod("active").invoke(null)));
        }

        @SuppressWarnings("SystemOut")
        private static void print(Object reason) {
            System.out.println(reason);
        }
    }

    /** A JVM without the Vector API. */
    private static Path image;

    @BeforeAll
    static void link(@TempDir Path folder) {
        image = folder.resolve("image");
        Fork fork = Fork.run(List.of(
                tool(Path.of(System.getProperty("java.home")), "jlink"),
                "--add-modules=java.base",
                "--output=" + image));
        assertEquals(0, fork.exit(), fork.out() + fork.err());
    }

    private static String tool(Path home, String name) {
        Path tool = home.resolve("bin").resolve(name);
        return (Files.exists(tool) ? tool : Path.of(tool + ".exe")).toString();
    }

    private static String reasonIn(Path home, String... arguments) {
        List<String> command = new ArrayList<>(List.of(tool(home, "java")));
        command.addAll(List.of(arguments));
        Fork fork = Fork.run(command);
        assertEquals(0, fork.exit(), fork::err);
        return fork.out().strip();
    }

    private static String reason(String... arguments) {
        return reasonIn(Path.of(System.getProperty("java.home")), arguments);
    }

    private static String[] onClassPath(String... flags) {
        return with(flags, "-cp", KERNELS + File.pathSeparator + TESTS, Reason.class.getName());
    }

    private static String[] onModulePath(String... flags) {
        return with(
                flags,
                "--module-path=" + KERNELS,
                "--patch-module=dev.rewire.kernels=" + TESTS,
                "--module=dev.rewire.kernels/" + Reason.class.getName());
    }

    private static String[] inALayer(String... flags) {
        return with(flags, "-cp", TESTS.toString(), LayeredReason.class.getName(), KERNELS.toString());
    }

    private static String[] with(String[] flags, String... more) {
        return Stream.of(flags, more).flatMap(Arrays::stream).toArray(String[]::new);
    }

    @Test
    void onTheClassPathAFlagAddsTheModule() {
        assertEquals(MISSING, reason(onClassPath()));
    }

    @Test
    void onTheModulePathAFlagOrTheApplicationAddsTheModule() {
        assertEquals(MISSING + OR_REQUIRE, reason(onModulePath()));
    }

    @Test
    void inALayerAFlagAddsTheModule() {
        assertEquals(MISSING, reason(inALayer()));
    }

    @Test
    void whatIsNotInTheImageHasToBeLinked() {
        assertEquals(NOT_IN_IMAGE, reasonIn(image, onClassPath()));
    }

    @Test
    void whatIsNotInTheImageOfAModuleHasToBeLinkedOrRequired() {
        assertEquals(NOT_IN_IMAGE + OR_REQUIRE, reasonIn(image, onModulePath()));
    }

    @Test
    void nativeAccessOfTheClassPathIsGivenToAllUnnamed() {
        assertEquals(
                DENIED + "start the JVM with --enable-native-access=ALL-UNNAMED",
                reason(onClassPath(VECTOR_MODULE, DENY)));
    }

    @Test
    void nativeAccessOfTheModulePathIsGivenToTheModule() {
        assertEquals(
                DENIED + "start the JVM with --enable-native-access=dev.rewire.kernels",
                reason(onModulePath(VECTOR_MODULE, DENY)));
    }

    @Test
    void nativeAccessOfALayerIsGivenByItsController() {
        assertEquals(
                DENIED + "give it to module dev.rewire.kernels with ModuleLayer.Controller.enableNativeAccess",
                reason(inALayer(VECTOR_MODULE, DENY)));
    }
}
