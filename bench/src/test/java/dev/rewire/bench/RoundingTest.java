package dev.rewire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.kernels.ValueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundingTest {
    @Test
    void singlePrecisionHasGammaOfItsTerms() {
        double u = 0x1p-24;
        assertEquals(100 * u / (1 - 100 * u) * 3, Rounding.SINGLE.bound(100, 2, 3), 1e-18);
    }

    @ParameterizedTest
    @CsvSource({"BF16, 0.0039", "F16, 0.00048"})
    void aResultOfSixteenBitsMayBeOffByItsRoundoff(ValueType type, double least) {
        Rounding rounding = Rounding.tensorCores(type.unitRoundoff(), 0, Float.MAX_VALUE);
        double ofOne = rounding.bound(1, 1, 1);
        assertTrue(ofOne > least && ofOne < 1.01 * type.unitRoundoff(), () -> "bound " + ofOne);
    }

    @Test
    void tf32MayCutOffBothOperands() {
        // The largest float below 1 + 2⁻¹⁰ loses almost 2⁻¹⁰ of itself when it is cut off.
        float operand = Math.nextDown(1 + 0x1p-10f);
        double exact = (double) operand * operand;
        assertTrue(exact - 1 <= Rounding.tf32().bound(1, exact, exact));
        assertTrue(exact - 1 > Rounding.SINGLE.bound(1, exact, exact));
    }
}
