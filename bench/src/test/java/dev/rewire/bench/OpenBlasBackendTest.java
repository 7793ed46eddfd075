package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.training.backend.DenseBackend;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** How training finds OpenBLAS. */
class OpenBlasBackendTest {
    @Test
    void isFoundAsService() {
        assertTrue(ServiceLoader.load(DenseBackend.class).stream()
                .anyMatch(found -> found.type().equals(OpenBlasBackend.class)));
    }
}
