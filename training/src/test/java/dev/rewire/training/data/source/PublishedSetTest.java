package dev.rewire.training.data.source;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.IdxBytes;
import dev.rewire.training.data.IdxFile;
import dev.rewire.training.data.source.PublishedSet.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedSetTest {
    private static final Path DEBIANS = Path.of("/usr/share/datasets/fashion-mnist");

    @TempDir
    private Path folder;

    private Map<DataPart, IdxFile> labels() throws IOException {
        return Map.of(
                DataPart.TEST_LABELS, IdxFile.read(IdxBytes.write(folder.resolve("labels"), IdxBytes.labels(3)), 1));
    }

    private static PublishedSet setOf(long bytes, String sha256) {
        return new PublishedSet("tiny", "Tiny", Map.of(DataPart.TEST_LABELS, new Content(bytes, sha256)));
    }

    @Test
    void otherLengthIsRejected() {
        DataException thrown =
                assertThrows(DataException.class, () -> setOf(12, "").verify(labels()));

        assertEquals(
                folder.resolve("labels") + ": byte 0: holds 11 bytes; accepted are the 12 of Tiny",
                thrown.getMessage());
    }

    @Test
    void otherDigestIsRejected() {
        DataException thrown =
                assertThrows(DataException.class, () -> setOf(11, "abc").verify(labels()));

        assertEquals(
                folder.resolve("labels") + ": byte 0: holds content of SHA-256"
                        + " b42326e57648289720e40f7c6f074d678a6bb041e7d1157a777e375b9269c0f5; accepted is abc (Tiny)",
                thrown.getMessage());
    }

    @Test
    void debiansFashionMnistIsVerified() throws IOException {
        assumeTrue(new DataFolder(DEBIANS).missing().isEmpty(), "Debian's dataset-fashion-mnist is not installed");
        Map<DataPart, IdxFile> files = new DataFolder(DEBIANS).read();

        assertDoesNotThrow(() -> PublishedSet.FASHION_MNIST.verify(files));
    }
}
