package dev.rewire.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class EpilogueTest {
    @Test
    @SuppressWarnings("NullAway")
    void anActivationThatIsNullIsNamed() {
        NullPointerException e = assertThrows(NullPointerException.class, () -> Epilogue.NONE.withActivation(null));
        assertEquals("activation: null; accepted are those of Activation, NONE for none", e.getMessage());
    }
}
