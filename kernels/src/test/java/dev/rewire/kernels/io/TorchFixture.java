package dev.rewire.kernels.io;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Files that PyTorch's own conversions made: see {@code src/test/python/semi_structured_fixtures.py}. */
final class TorchFixture {
    private TorchFixture() {}

    static Path file(String name) {
        URL url = Objects.requireNonNull(TorchFixture.class.getResource(name + ".safetensors"), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
