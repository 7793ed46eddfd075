package dev.rewire.kernels.probe;

import dev.rewire.kernels.internal.system.SystemFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files as Linux has them on some other machine. */
final class MadeUpMachine {
    private static final String CPUS = "sys/devices/system/cpu/";

    private final Path root;

    MadeUpMachine(Path root) {
        this.root = root;
    }

    MadeUpMachine file(String path, String text) {
        return file(path, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    MadeUpMachine file(String path, byte[] bytes) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something at a path that cannot be read, even by root. */
    MadeUpMachine unreadable(String path) {
        try {
            Files.createDirectories(root.resolve(path));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MadeUpMachine online(String list) {
        return file(CPUS + "online", list);
    }

    /** Where a processor is; {@code siblings} are the processors of its core. */
    MadeUpMachine core(int cpu, int socket, String siblings) {
        file(CPUS + "cpu" + cpu + "/topology/physical_package_id", Integer.toString(socket));
        return file(CPUS + "cpu" + cpu + "/topology/core_cpus_list", siblings);
    }

    MadeUpMachine cache(int cpu, int index, int level, String type, String size, String shared) {
        String folder = CPUS + "cpu" + cpu + "/cache/index" + index + "/";
        file(folder + "level", Integer.toString(level));
        file(folder + "type", type);
        file(folder + "size", size);
        file(folder + "coherency_line_size", "64");
        return file(folder + "shared_cpu_list", shared);
    }

    /** The kernel's words: pairs of type and value. */
    MadeUpMachine auxiliary(long... words) {
        ByteBuffer bytes = ByteBuffer.allocate((words.length + 2) * Long.BYTES).order(ByteOrder.nativeOrder());
        for (long word : words) {
            bytes.putLong(word);
        }
        return file("proc/self/auxv", bytes.array());
    }

    SystemFiles files() {
        return new SystemFiles(root);
    }

    Cpu cpu() {
        return Cpu.read(files());
    }

    /** Two sockets of two cores of two threads each, numbered as Linux numbers them: siblings are far apart. */
    static MadeUpMachine intelOfTwoSockets(Path root) {
        MadeUpMachine machine = new MadeUpMachine(root)
                .file("proc/cpuinfo", """
                        processor	: 0
                        vendor_id	: GenuineIntel
                        model name	: Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz
                        flags		: fpu sse4_1 avx f16c fma avx2 avx512f avx512dq avx512bw avx512vl avx512_vnni

                        processor	: 1
                        vendor_id	: GenuineIntel
                        model name	: Intel(R) Xeon(R) Gold 6248 CPU @ 2.50GHz
                        flags		: fpu sse4_1 avx f16c fma avx2 avx512f avx512dq avx512bw avx512vl avx512_vnni
                        """)
                .online("0-7")
                .file("sys/devices/system/node/online", "0-1")
                .file("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-7\nMems_allowed_list:\t0-1");
        for (int cpu = 0; cpu < 8; cpu++) {
            int core = cpu % 4;
            int socket = core / 2;
            String siblings = core + "," + (core + 4);
            machine.core(cpu, socket, siblings)
                    .cache(cpu, 0, 1, "Data", "32K", siblings)
                    .cache(cpu, 1, 1, "Instruction", "32K", siblings)
                    .cache(cpu, 2, 2, "Unified", "1024K", siblings)
                    .cache(cpu, 3, 3, "Unified", "28160K", socket == 0 ? "0-1,4-5" : "2-3,6-7");
        }
        return machine;
    }

    /** Four small cores and two large ones. */
    static MadeUpMachine armOfTwoKinds(Path root) {
        StringBuilder info = new StringBuilder();
        MadeUpMachine machine = new MadeUpMachine(root).online("0-5");
        for (int cpu = 0; cpu < 6; cpu++) {
            boolean large = cpu >= 4;
            info.append("processor\t: ").append(cpu).append('\n');
            info.append("Features\t: fp asimd fphp asimdhp asimddp\n");
            info.append("CPU implementer\t: 0x41\n");
            info.append("CPU part\t: ").append(large ? "0xd0b" : "0xd05").append("\n\n");
            String alone = Integer.toString(cpu);
            machine.core(cpu, 0, alone)
                    .cache(cpu, 0, 1, "Data", large ? "64K" : "32K", alone)
                    .cache(cpu, 1, 1, "Instruction", large ? "64K" : "32K", alone)
                    .cache(cpu, 2, 2, "Unified", large ? "512K" : "128K", alone)
                    .cache(cpu, 3, 3, "Unified", "2M", "0-5");
        }
        return machine.file("proc/cpuinfo", info.toString());
    }
}
