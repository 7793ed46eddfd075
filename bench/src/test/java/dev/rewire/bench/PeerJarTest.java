package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerJarTest {
    private static final String INSIDE = "org/bytedeco/peer/" + PeerJar.platform() + "/";

    @TempDir
    private Path folder;

    @Test
    void unpacksTheLibrariesAndNothingElse() throws IOException {
        Path cache = folder.resolve("cache").resolve("peers");
        writeJar(
                "1.0",
                INSIDE + "libpeer.so.0",
                INSIDE + "libgcc_s.so.1",
                INSIDE + "libjnipeer.so",
                INSIDE + "lib/x.so",
                "README");
        Path unpacked = jar().unpack(cache);
        assertEquals(List.of("libgcc_s.so.1", "libpeer.so.0"), names(unpacked));
        assertEquals(INSIDE + "libpeer.so.0", Files.readString(unpacked.resolve("libpeer.so.0")));
        assertEquals(1, names(cache).size(), "no temporary folder is left");
    }

    @Test
    void unpacksOnceForEachContent() throws IOException {
        writeJar("1.0", INSIDE + "libpeer.so.0");
        Path unpacked = jar().unpack(folder);
        String left = "x".repeat((INSIDE + "libpeer.so.0").length());
        Files.writeString(unpacked.resolve("libpeer.so.0"), left);
        assertEquals(unpacked, jar().unpack(folder));
        assertEquals(left, Files.readString(unpacked.resolve("libpeer.so.0")));
        writeJar("1.0", INSIDE + "libpeer.so.1");
        assertNotEquals(unpacked, jar().unpack(folder));
    }

    @Test
    void unpacksAgainWhereALibraryIsTruncated() throws IOException {
        Path cache = folder.resolve("cache");
        writeJar("1.0", INSIDE + "libpeer.so.0", INSIDE + "libgcc_s.so.1");
        Path unpacked = jar().unpack(cache);
        Files.writeString(unpacked.resolve("libpeer.so.0"), "half");
        assertEquals(unpacked, jar().unpack(cache));
        assertEquals(INSIDE + "libpeer.so.0", Files.readString(unpacked.resolve("libpeer.so.0")));
        assertEquals(1, names(cache).size(), "neither a temporary nor the damaged folder is left");
    }

    @Test
    void unpacksAgainWhereALibraryIsMissing() throws IOException {
        writeJar("1.0", INSIDE + "libpeer.so.0", INSIDE + "libgcc_s.so.1");
        Path unpacked = jar().unpack(folder.resolve("cache"));
        Files.delete(unpacked.resolve("libgcc_s.so.1"));
        jar().unpack(folder.resolve("cache"));
        assertEquals(List.of("libgcc_s.so.1", "libpeer.so.0"), names(unpacked));
    }

    @Test
    void unpacksOnlyTheLibrariesThatAreWanted() throws IOException {
        writeJar("1.0", INSIDE + "libpeer.so.0", INSIDE + "libpeer_other.so.0");
        Path unpacked = jar().unpack(folder.resolve("cache"), "libpeer.so.0"::equals);
        assertEquals(List.of("libpeer.so.0"), names(unpacked));
    }

    @Test
    void findsAVariantByItsSuffixAlone() throws IOException {
        Files.writeString(folder.resolve("peer-1.0-" + PeerJar.platform() + "-redist.jar"), "");
        assertTrue(PeerJar.find(folder, "peer").isEmpty());
        assertTrue(PeerJar.find(folder, "peer", "-redist").isPresent());
    }

    @Test
    void takesTheNewestJarOfThisPlatform() throws IOException {
        assertTrue(PeerJar.find(folder.resolve("absent"), "peer").isEmpty());
        assertTrue(PeerJar.find(folder, "peer").isEmpty());
        Files.writeString(folder.resolve("peer-1.0-beos-ppc.jar"), "");
        assertTrue(PeerJar.find(folder, "peer").isEmpty());
        writeJar("1.0", INSIDE + "libpeer.so.0");
        writeJar("1.1", INSIDE + "libpeer.so.1");
        assertEquals(List.of("libpeer.so.1"), names(jar().unpack(folder.resolve("cache"))));
    }

    @Test
    void refusesAJarWithoutLibraries() throws IOException {
        writeJar("1.0", "README");
        IOException refusal = assertThrows(IOException.class, () -> jar().unpack(folder));
        assertTrue(String.valueOf(refusal.getMessage()).endsWith(" holds no libraries for " + PeerJar.platform()));
    }

    private PeerJar jar() throws IOException {
        return PeerJar.find(folder, "peer").orElseThrow();
    }

    private void writeJar(String version, String... entries) throws IOException {
        Path jar = folder.resolve("peer-" + version + "-" + PeerJar.platform() + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            for (String entry : entries) {
                zip.putNextEntry(new ZipEntry(entry));
                zip.write(entry.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
