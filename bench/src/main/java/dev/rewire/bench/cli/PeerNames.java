package dev.rewire.bench.cli;

import dev.rewire.bench.InvalidInputException;
import dev.rewire.bench.SpmmBenchmark;
import java.util.ArrayList;
import java.util.List;

/** The value of {@code --peers}. */
final class PeerNames {
    private static final String NONE = "none";

    private PeerNames() {}

    /** The peers that are meant, each once. */
    static List<String> of(List<String> given) {
        List<String> names = new ArrayList<>();
        for (String peer : given) {
            String name = peer.strip();
            if (!SpmmBenchmark.PEERS.contains(name) && !(name.equals(NONE) && given.size() == 1)) {
                throw new InvalidInputException("--peers: '" + name + "' is unknown; accepted are "
                        + String.join(", ", SpmmBenchmark.PEERS) + ", or " + NONE + " alone");
            }
            if (!name.equals(NONE) && !names.contains(name)) {
                names.add(name);
            }
        }
        return names;
    }
}
