package dev.rewire.bench.suite;

import dev.rewire.bench.SpmmBenchmark;
import java.util.List;

/**
 * What a run of the suite may be told.
 *
 * @param quick whether to measure less, in less time
 * @param threads of each contender
 * @param peers names out of {@link SpmmBenchmark#PEERS}
 */
public record SuiteSettings(boolean quick, int threads, List<String> peers) {
    /** Copies the names. */
    public SuiteSettings {
        peers = List.copyOf(peers);
    }

    /**
     * The peers that compute the dense product: all that a speed-up needs.
     *
     * @return their names
     */
    public List<String> densePeers() {
        return peers.stream().filter(SpmmBenchmark::isDensePeer).toList();
    }
}
