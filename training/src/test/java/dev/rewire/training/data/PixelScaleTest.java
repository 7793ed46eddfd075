package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PixelScaleTest {
    @TempDir
    private Path folder;

    private LabelledImages images(byte... pixels) throws IOException {
        return LabelledImages.of(
                IdxFile.read(IdxBytes.write(folder.resolve("images"), IdxBytes.file(pixels, 1, 1, pixels.length)), 3),
                IdxFile.read(IdxBytes.write(folder.resolve("labels"), IdxBytes.labels(1)), 1),
                10);
    }

    @Test
    void unitScaleEndsAtOne() {
        assertEquals(1, PixelScale.UNIT.at(255));
    }

    @Test
    void unitScaleStartsAtZero() {
        assertEquals(0, PixelScale.UNIT.at(0));
    }

    @Test
    void standardisingSubtractsTheMean() throws IOException {
        assertEquals(
                0,
                PixelScale.standardising(images((byte) 10, (byte) 20, (byte) 30))
                        .at(20),
                1e-6);
    }

    @Test
    void standardisingDividesByTheDeviation() throws IOException {
        assertEquals(1, PixelScale.standardising(images((byte) 10, (byte) 30)).at(30), 1e-6);
    }

    @Test
    void imagesOfOneGreyBecomeZero() throws IOException {
        assertEquals(0, PixelScale.standardising(images((byte) 200, (byte) 200)).at(200), 1e-6);
    }
}
