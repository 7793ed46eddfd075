package example;

import dev.rewire.kernels.probe.Capabilities;

public final class Probe {
    public static void main(String[] args) {
        Capabilities machine = Capabilities.current();
        System.out.println("kernels: " + machine.kernels().provider());
        machine.disagreements().forEach(System.err::println); // who does less than could be done
    }
}
