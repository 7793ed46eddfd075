package dev.rewire.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.gpu.GpuTable;
import dev.rewire.kernels.probe.Provenance;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** {@code bench --gpu}: the table of a device. */
final class GpuBench {
    private final boolean quick;
    private final List<Integer> sizes;
    private final boolean json;

    /**
     * Checks what is asked for.
     *
     * @param quick less time for each product
     * @param sizes of square products
     * @param json whether JSON is printed
     * @throws InvalidInputException naming what is not accepted, or why there is no device
     */
    GpuBench(boolean quick, List<Integer> sizes, boolean json) {
        this.quick = quick;
        this.sizes = sizes;
        this.json = json;
        for (int size : sizes) {
            if (size < GpuTable.MULTIPLE || size % GpuTable.MULTIPLE != 0) {
                throw new InvalidInputException(
                        "--sizes: " + size + " is not accepted; accepted are multiples of " + GpuTable.MULTIPLE);
            }
        }
        GpuTable.requireDevice();
    }

    /** Runs, writes and prints; returns the exit status. */
    int run(ResultsFolder results, Provenance provenance, PrintStream out, PrintStream err) throws IOException {
        boolean written = false;
        try {
            GpuTable.Report report;
            try (SuiteProgress progress = SuiteProgress.start(err, GpuTable.steps(sizes))) {
                report = GpuTable.run(quick, sizes, progress);
            }
            ObjectNode node = GpuBenchText.node(report, provenance);
            String table = GpuBenchText.markdown(report);
            results.write(ResultJson.text(node), table);
            written = true;
            if (json) {
                out.print(BenchJson.withFiles(node, results.files()));
            } else {
                out.print(table);
                results.files().forEach(file -> out.println(file));
            }
            out.flush();
            if (!report.correct()) {
                err.println("rewire bench: a result is wrong, its error is larger than its bound");
            }
            if (!report.broken().isEmpty()) {
                err.println("rewire bench: not all was measured: " + report.broken());
            }
            return report.correct() && report.broken().isEmpty() ? 0 : 1;
        } finally {
            if (!written) {
                results.abandon();
            }
        }
    }
}
