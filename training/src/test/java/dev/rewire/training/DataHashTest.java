package dev.rewire.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rewire.training.data.IdxBytes;
import dev.rewire.training.data.source.ImageSource;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataHashTest {
    /** Runs that were saved are resumed by this hash: computed apart, from number, height and width as 32 bits and each label before its pixels. */
    @Test
    void hashOfImagesStaysWhatItWas(@TempDir Path folder) throws IOException {
        assertEquals(
                "0944ec4ba2a535e6950c3776913401f4976c6791846023aacebe52a8e9dfe6af",
                ImageSource.of(IdxBytes.writeSet(folder).toString())
                        .load(10, line -> {})
                        .split()
                        .train()
                        .sha256());
    }
}
