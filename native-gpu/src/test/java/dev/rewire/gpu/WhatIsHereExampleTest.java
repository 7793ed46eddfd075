package dev.rewire.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import example.WhatIsHere;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The program that the Javadoc shows says what there is. */
class WhatIsHereExampleTest {
    @Test
    void whatIsHereBeginsWithTheStatus() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            WhatIsHere.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        String first =
                printed.toString(StandardCharsets.UTF_8).lines().findFirst().orElse("");
        assertEquals(GpuCapabilities.current().status(), first);
    }
}
