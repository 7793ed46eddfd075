package dev.rewire.bench.atlas;

import java.util.List;

/**
 * What an atlas may be told.
 *
 * @param quick whether to measure a few points alone
 * @param threads of each contender
 * @param peers names of dense peers
 */
public record AtlasSettings(boolean quick, int threads, List<String> peers) {
    /** Copies the names. */
    public AtlasSettings {
        peers = List.copyOf(peers);
    }
}
