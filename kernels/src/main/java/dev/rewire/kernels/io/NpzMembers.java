package dev.rewire.kernels.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The arrays of a {@code .npz} file, a ZIP archive. What its directory says is inflated and no more: each member has exactly the size that it
 * declares, and all that are read together are limited by the size of the file.
 */
final class NpzMembers implements AutoCloseable {
    /** Bytes that members may inflate to whatever the file's size. */
    static final long FREE_BYTES = 64 << 20;

    /** What the members of a file may inflate to, against its size: deflating gives a thousand at most, indices and values some ten. */
    static final int MOST_RATIO = 100;

    private final String file;
    private final ZipFile zip;
    private final long most;
    private final Map<String, ZipEntry> entries = new HashMap<>();
    private final Set<String> repeated = new HashSet<>();
    private long inflated;

    NpzMembers(Path path) throws IOException {
        file = path.toString();
        most = Math.max(FREE_BYTES, MOST_RATIO * Math.min(Files.size(path), Long.MAX_VALUE / MOST_RATIO));
        try {
            zip = new ZipFile(path.toFile());
        } catch (ZipException e) {
            throw error("no ZIP archive: " + e.getMessage());
        } catch (EOFException e) {
            throw error("no ZIP archive: its directory is cut off");
        }
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (entries.put(entry.getName(), entry) != null) {
                repeated.add(entry.getName());
            }
        }
    }

    boolean has(String name) {
        return entries.containsKey(name + ".npy");
    }

    /** What is done with an array. */
    interface Reading<T> {
        T of(NpyArray array) throws IOException;
    }

    /** Reads an array that there must be. */
    <T> T read(String name, Reading<T> reading) throws IOException {
        String member = name + ".npy";
        ZipEntry entry = entries.get(member);
        if (entry == null) {
            throw error(member + ": there is no such member; expected what scipy.sparse.save_npz writes");
        }
        if (repeated.contains(member)) {
            throw error(member + ": there are two members of that name");
        }
        long size = entry.getSize();
        if (size < 0 || size > most - inflated) {
            throw error(member + ": " + size + " bytes, inflated, are too many for this file; accepted are " + most
                    + " in all: a matrix that deflates so well is to be saved with compressed=False");
        }
        inflated += size;
        try (InputStream raw = zip.getInputStream(entry)) {
            CheckedInputStream in = new CheckedInputStream(raw, new CRC32());
            T result = reading.of(new NpyArray(in, size, member, this::error));
            if (in.read() >= 0) {
                throw error(member + ": it goes on behind its last element");
            }
            if (in.getChecksum().getValue() != entry.getCrc()) {
                throw error(member + ": its checksum does not fit");
            }
            return result;
        } catch (ZipException e) {
            throw error(member + ": " + e.getMessage());
        } catch (EOFException e) {
            throw error(member + ": it ends before its last element");
        }
    }

    /** Rows or columns that may be claimed where no array has an entry for each. */
    long mostOfSide() {
        return Math.max(MatrixSize.FREE_SIDE, inflated);
    }

    MatrixFileException error(String reason) {
        return new MatrixFileException(file, 0, reason);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
