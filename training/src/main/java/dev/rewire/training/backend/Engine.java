package dev.rewire.training.backend;

import java.util.Map;

/** Who computes the products of a network. */
public sealed interface Engine extends AutoCloseable {
    /** {@return the name, as a checkpoint and a report have it} */
    String name();

    /** {@return what results and times depend on beside the name} */
    default Map<String, String> environment() {
        return Map.of();
    }

    @Override
    default void close() {
        // Most hold nothing.
    }

    /** The kernels compute all products. */
    record Kernels() implements Engine {
        @Override
        public String name() {
            return "rewire";
        }
    }

    /**
     * A library computes the products of all layers, whose patterns are full and have 1×1 blocks.
     *
     * @param backend the library
     */
    record Dense(DenseBackend backend) implements Engine {
        @Override
        public String name() {
            return backend.name();
        }
    }

    /**
     * A device computes products of N:M layers, the kernels all others.
     *
     * @param name of the library
     * @param session where it is open
     */
    record OnDevice(String name, NmBackend.Session session) implements Engine {
        @Override
        public Map<String, String> environment() {
            return session.environment();
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
