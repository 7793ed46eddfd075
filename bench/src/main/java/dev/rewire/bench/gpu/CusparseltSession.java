package dev.rewire.bench.gpu;

import dev.rewire.gpu.GpuCapabilities;
import dev.rewire.gpu.GpuContext;
import dev.rewire.gpu.GpuStream;
import dev.rewire.gpu.GpuType;
import dev.rewire.training.backend.NmBackend;
import dev.rewire.training.setting.InvalidConfigException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;

/** A device in use by a training run, with one stream. */
final class CusparseltSession implements NmBackend.Session {
    private final Map<String, String> environment;
    private final GpuContext context;
    private final GpuStream stream;
    private final Deque<CusparseltProduct> products = new ArrayDeque<>();

    CusparseltSession() {
        GpuCapabilities capabilities = GpuCapabilities.current();
        environment = GpuDescription.of(capabilities);
        environment.put("values", CusparseltProduct.TYPE.name().toLowerCase(Locale.ROOT));
        context = GpuContext.open(GpuDescription.device(capabilities).ordinal());
        try {
            stream = GpuStream.open(context);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    @Override
    public Map<String, String> environment() {
        return Collections.unmodifiableMap(environment);
    }

    @Override
    public NmBackend.Product product(NmBackend.Layer layer) {
        int out = layer.weights().pattern().rows();
        int in = layer.weights().pattern().cols();
        GpuType type = CusparseltProduct.TYPE;
        if (in % type.multiple() != 0 || out % type.multiple() != 0) {
            throw new InvalidConfigException(
                    "--model",
                    in + "-" + out,
                    "is an N:M layer that the device cannot compute",
                    "N:M layers whose inputs and outputs are multiples of " + type.multiple() + ", with --device gpu");
        }
        CusparseltProduct product = new CusparseltProduct(context, stream, layer);
        products.push(product);
        return product;
    }

    @Override
    public void close() {
        while (!products.isEmpty()) {
            products.pop().close();
        }
        stream.close();
        context.close();
    }
}
