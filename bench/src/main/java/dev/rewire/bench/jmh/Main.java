package dev.rewire.bench.jmh;

import dev.rewire.kernels.probe.Build;
import java.io.IOException;
import java.util.Arrays;

/** JMH's own command, which says which build this is, and fails where nobody reads what it writes. */
public final class Main {
    private Main() {}

    /**
     * Runs JMH.
     *
     * @param args {@code --version}, or JMH's options
     * @throws IOException as JMH does
     */
    public static void main(String[] args) throws IOException {
        if (Arrays.asList(args).contains("--version")) {
            System.out.println(Build.current());
        } else {
            org.openjdk.jmh.Main.main(args);
        }
        if (System.out.checkError()) {
            System.err.println("rewire jmh: stdout: cannot be written to");
            System.exit(1);
        }
    }
}
