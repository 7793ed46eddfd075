package dev.rewire.kernels.internal.system;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What the control groups of this process leave it: the least of its own group and those above.
 *
 * @param processors of time; empty if it is not limited
 * @param memoryBytes of memory; empty if it is not limited
 */
public record Cgroup(OptionalDouble processors, OptionalLong memoryBytes) {
    private static final String MOUNT = "sys/fs/cgroup";

    /** Version 1 writes the largest number of pages for no limit. */
    private static final long UNLIMITED = Long.MAX_VALUE / 2;

    /**
     * Reads the limits, of both versions of control groups.
     *
     * @param files of the machine
     * @return what they say
     */
    public static Cgroup read(SystemFiles files) {
        double processors = Double.POSITIVE_INFINITY;
        long memory = UNLIMITED;
        for (String line : files.text("proc/self/cgroup").split("\n", -1)) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            List<String> controllers = List.of(parts[1].split(",", -1));
            boolean unified = parts[1].isEmpty();
            if (!unified && !controllers.contains("cpu") && !controllers.contains("memory")) {
                continue;
            }
            for (String folder : folders(parts[1], parts[2])) {
                if (unified || controllers.contains("cpu")) {
                    processors = Math.min(processors, processors(files, folder));
                }
                if (unified || controllers.contains("memory")) {
                    memory = Math.min(memory, memory(files, folder));
                }
            }
        }
        return new Cgroup(
                Double.isInfinite(processors) ? OptionalDouble.empty() : OptionalDouble.of(processors),
                memory >= UNLIMITED ? OptionalLong.empty() : OptionalLong.of(memory));
    }

    /** The group's folder and those above it. In a container the path may be the host's; then the mount itself is the group. */
    private static List<String> folders(String controllers, String path) {
        List<String> mounts = new ArrayList<>();
        if (controllers.isEmpty()) {
            mounts.add(MOUNT);
            mounts.add(MOUNT + "/unified");
        } else {
            // A folder for all of them, and a link for each.
            mounts.add(MOUNT + "/" + controllers);
        }
        List<String> folders = new ArrayList<>();
        for (String mount : mounts) {
            String below = path.equals("/") ? "" : path;
            while (!below.isEmpty() && !below.contains("..")) {
                folders.add(mount + below);
                below = below.substring(0, Math.max(0, below.lastIndexOf('/')));
            }
            folders.add(mount);
        }
        return folders;
    }

    private static double processors(SystemFiles files, String folder) {
        String max = files.text(folder + "/cpu.max");
        String[] parts = max.isEmpty()
                ? new String[] {files.text(folder + "/cpu.cfs_quota_us"), files.text(folder + "/cpu.cfs_period_us")}
                : max.split(" ", 2);
        try {
            double processors = Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
            // Written so that NaN is none, as is version 1's quota of -1.
            return processors > 0 ? processors : Double.POSITIVE_INFINITY;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            // "max", or something else.
            return Double.POSITIVE_INFINITY;
        }
    }

    private static long memory(SystemFiles files, String folder) {
        OptionalLong limit = files.number(folder + "/memory.max");
        long bytes =
                limit.orElse(files.number(folder + "/memory.limit_in_bytes").orElse(UNLIMITED));
        return bytes > 0 ? bytes : UNLIMITED;
    }
}
