package dev.rewire.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are read into memory as a whole. */
final class WholeFile {
    private static final int MOST_BYTES = Integer.MAX_VALUE - 64;

    private WholeFile() {}

    /** That there is such a file, which may be read. */
    static void require(Path file) throws DataException {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file, 0, Files.exists(file) ? "not a regular file" : "no such file");
        }
        if (!Files.isReadable(file)) {
            throw new DataException(file, 0, "no permission to read it");
        }
    }

    /** An array for what a file holds. */
    static byte[] allocate(int bytes, Path file) throws DataException {
        try {
            return new byte[bytes];
        } catch (OutOfMemoryError e) {
            throw DataException.tooLittleHeap(file, bytes + " bytes of heap", e);
        }
    }

    /** All bytes of a file. */
    static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new DataException(file, 0, "holds " + size + " bytes; accepted are up to " + MOST_BYTES);
        }
        byte[] bytes = allocate((int) size, file);
        try (InputStream in = Files.newInputStream(file)) {
            int end = in.readNBytes(bytes, 0, bytes.length);
            if (end < bytes.length) {
                throw new DataException(file, end, "ends here, though it had " + size + " bytes when it was opened");
            }
        }
        return bytes;
    }
}
