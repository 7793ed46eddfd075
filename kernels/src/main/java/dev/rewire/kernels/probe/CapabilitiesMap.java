package dev.rewire.kernels.probe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The documented schema, {@code docs/probe.md}: what is unknown is null, or the text {@code unknown}. */
final class CapabilitiesMap {
    private CapabilitiesMap() {}

    static Map<String, @Nullable Object> of(Capabilities capabilities) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("cpu", cpu(capabilities.cpu()));
        map.put("jvm", jvm(capabilities.jvm()));
        map.put("memory", memory(capabilities.memory()));
        map.put("kernels", kernels(capabilities.kernels()));
        map.put(
                "capabilities",
                capabilities.capabilities().stream()
                        .map(CapabilitiesMap::capability)
                        .toList());
        map.put("disagreements", capabilities.disagreements());
        return map;
    }

    private static Map<String, @Nullable Object> cpu(Cpu cpu) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("model", cpu.model());
        map.put("vendor", cpu.vendor());
        map.put("architecture", cpu.architecture());
        map.put("logical", value(cpu.logical()));
        map.put("physical", value(cpu.physical()));
        map.put("sockets", value(cpu.sockets()));
        map.put("numa_nodes", value(cpu.numaNodes()));
        map.put("allowed", value(cpu.allowed()));
        map.put("quota", value(cpu.quota()));
        map.put("available", cpu.available());
        map.put("features", cpu.features());
        map.put("caches", cpu.caches().stream().map(CapabilitiesMap::cache).toList());
        map.put("source", cpu.source());
        return map;
    }

    private static Map<String, @Nullable Object> cache(Cache cache) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", cache.name());
        map.put("bytes", cache.bytes());
        map.put("line_bytes", value(cache.lineBytes()));
        map.put("shared_by", cache.sharedBy());
        map.put("instances", cache.instances());
        return map;
    }

    private static Map<String, @Nullable Object> jvm(Jvm jvm) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("version", jvm.version());
        map.put("vendor", jvm.vendor());
        map.put("vm", jvm.vm());
        map.put("compiler", jvm.compiler().toString());
        map.put("compiler_source", jvm.compilerSource());
        map.put("vector_api", answer(jvm.vectorApi()));
        map.put("vector_bits_preferred", value(jvm.vectorBitsPreferred()));
        map.put("use_avx", value(jvm.useAvx()));
        map.put("use_sve", value(jvm.useSve()));
        map.put(
                "use_fma",
                switch (jvm.useFma().value()) {
                    case YES -> true;
                    case NO -> false;
                    case UNKNOWN -> null;
                });
        map.put("use_fma_source", jvm.useFma().source());
        map.put("max_vector_size", value(jvm.maxVectorSize()));
        Map<String, @Nullable Object> flags = new LinkedHashMap<>();
        jvm.flags().forEach((name, flag) -> flags.put(name, flag(flag)));
        map.put("flags", flags);
        map.put("flags_source", jvm.flagsSource());
        map.put("arguments", jvm.arguments());
        return map;
    }

    private static Map<String, @Nullable Object> flag(Jvm.Flag flag) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("value", flag.value());
        map.put("origin", flag.origin());
        return map;
    }

    private static Map<String, @Nullable Object> memory(Memory memory) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("total", value(memory.total()));
        map.put("available", value(memory.available()));
        map.put("limit", value(memory.limit()));
        map.put("heap_limit", memory.heapLimit());
        map.put("page_size", value(memory.pageSize()));
        Map<String, @Nullable Object> huge = new LinkedHashMap<>();
        huge.put("bytes", value(memory.hugePages().bytes()));
        huge.put("transparent", memory.hugePages().transparent());
        huge.put("reserved", value(memory.hugePages().reserved()));
        map.put("huge_pages", huge);
        map.put("source", memory.source());
        return map;
    }

    private static Map<String, @Nullable Object> kernels(Kernels kernels) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("provider", kernels.provider());
        map.put("vector_bits", kernels.vectorBits());
        map.put("reason", kernels.reason());
        map.put("fma", answer(kernels.fma()));
        map.put(
                "choices",
                kernels.choices().stream().map(CapabilitiesMap::choice).toList());
        return map;
    }

    private static Map<String, @Nullable Object> choice(Kernels.Choice choice) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", choice.name());
        map.put("value", choice.value());
        map.put("reason", choice.reason());
        return map;
    }

    private static Map<String, @Nullable Object> capability(Capability capability) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", capability.name());
        map.put("has", answer(capability.has()));
        map.put("usable", answer(capability.usable()));
        map.put("jvm", answer(capability.jvm()));
        map.put("rewire", answer(capability.rewire()));
        return map;
    }

    private static Map<String, @Nullable Object> answer(Answer answer) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("answer", answer.value().toString());
        map.put("source", answer.source());
        return map;
    }

    private static @Nullable Object value(OptionalInt number) {
        return number.isPresent() ? number.getAsInt() : null;
    }

    private static @Nullable Object value(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    private static @Nullable Object value(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }
}
