package dev.rewire.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The system's C++ compiler; tests that need one are skipped where there is none. C++, as the header of cuSPARSELt 0.8.1 is no plain C. */
public final class CxxCompiler {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private CxxCompiler() {}

    /**
     * Compiles a shared library. It has no soname: with NVIDIA's, the loader would take it for the real library wherever the JVM asks for that by
     * name later, and cuSPARSELt itself does.
     */
    public static Path library(Path folder, String name, String source, List<Path> headers)
            throws IOException, InterruptedException {
        return compile(folder, name, source, headers, List.of("-shared", "-fPIC"));
    }

    /** Compiles and runs a program. */
    public static String output(Path folder, String name, String source, List<Path> headers)
            throws IOException, InterruptedException {
        Path program = compile(folder, name, source, headers, List.of());
        Command run = Command.run(LIMIT, List.of(program.toString()));
        assertEquals(0, run.status(), run.output());
        return run.output();
    }

    private static Path compile(Path folder, String name, String source, List<Path> headers, List<String> options)
            throws IOException, InterruptedException {
        Path compiler = Command.find("g++", "c++", "clang++")
                .orElseGet(() -> abort("there is no C++ compiler on the PATH (g++, c++ or clang++)"));
        Files.createDirectories(folder);
        Path code = Files.writeString(folder.resolve(name + ".cpp"), source);
        Path result = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of(compiler.toString(), "-std=c++17", "-w"));
        command.addAll(options);
        for (Path header : headers) {
            command.addAll(List.of("-isystem", header.toString()));
        }
        command.addAll(List.of("-o", result.toString(), code.toString()));
        Command compiled = Command.run(LIMIT, command);
        assertEquals(0, compiled.status(), compiled.output());
        return result;
    }
}
