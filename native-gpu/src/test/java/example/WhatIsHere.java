package example;

import dev.rewire.gpu.GpuCapabilities;

public final class WhatIsHere {
    public static void main(String[] args) {
        GpuCapabilities gpu = GpuCapabilities.current();
        System.out.println(gpu.status());
        gpu.reasons().forEach(System.out::println); // each step that failed, in the loader's and the driver's words
    }
}
