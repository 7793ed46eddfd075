package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.training.data.SampleShape.Tokens;
import dev.rewire.training.data.TargetShape.TokenClasses;
import org.junit.jupiter.api.Test;

class TokenSamplesTest {
    private static final int[] TOKENS = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    private static final Tokens SHAPE = new Tokens(3, 9);

    private static final TokenSamples OVERLAPPING = TokenSamples.overlapping(TOKENS, SHAPE);
    private static final TokenSamples CONSECUTIVE = TokenSamples.consecutive(TOKENS, SHAPE);

    @Test
    void windowsStartAtEveryTokenThatHasOneBehindItsWindow() {
        assertEquals(6, OVERLAPPING.size());
    }

    @Test
    void epochOfOverlappingWindowsIsAsManyAsFitBehindEachOther() {
        assertEquals(2, OVERLAPPING.epochSize());
    }

    @Test
    void consecutiveWindowsLeaveOutWhatIsNoWholeOne() {
        assertEquals(2, CONSECUTIVE.size());
    }

    @Test
    void consecutiveWindowsAreVisitedOnceInAnEpoch() {
        assertEquals(CONSECUTIVE.size(), CONSECUTIVE.epochSize());
    }

    @Test
    void targetIsAClassForEachToken() {
        assertEquals(new TokenClasses(9), OVERLAPPING.target());
    }

    @Test
    void sequencesAreAStrideApartAndPlacesBetweenStayAsTheyAre() {
        int[] tokens = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

        OVERLAPPING.writeTokens(new int[] {0, 5, 2}, 1, 2, 5, tokens);

        assertArrayEquals(new int[] {5, 6, 7, -1, -1, 2, 3, 4, -1, -1}, tokens);
    }

    @Test
    void classesAreTheTokensThatFollow() {
        int[] classes = new int[3];

        OVERLAPPING.writeClasses(new int[] {5}, 0, 1, 3, classes);

        assertArrayEquals(new int[] {6, 7, 8}, classes);
    }

    @Test
    void consecutiveWindowStartsWhereTheLastOneEnded() {
        int[] tokens = new int[6];

        CONSECUTIVE.writeTokens(new int[] {0, 1}, 0, 2, 3, tokens);

        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, tokens);
    }

    @Test
    void strideBelowASequenceIsRefused() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> OVERLAPPING.writeTokens(new int[1], 0, 1, 2, new int[9]));

        assertEquals("stride: 2 is out of range; accepted are 3 and more, the places of a sample", thrown.getMessage());
    }

    @Test
    void sequenceThatIsNoLongerThanAWindowIsRefused() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> TokenSamples.overlapping(new int[3], SHAPE));

        assertEquals(
                "tokens: there are 3; accepted are 4 and more, a window of 3 and the token after it",
                thrown.getMessage());
    }

    @Test
    void tokenOutsideOfTheVocabularyIsRefusedWithItsPlace() {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> TokenSamples.overlapping(TOKENS, new Tokens(3, 8)));

        assertEquals("tokens[8]: 8 is out of range; accepted are 0 to 7", thrown.getMessage());
    }

    @Test
    void numberOfNoWindowIsRefused() {
        assertThrows(
                IndexOutOfBoundsException.class, () -> OVERLAPPING.writeTokens(new int[] {6}, 0, 1, 3, new int[3]));
    }

    @Test
    void hashDoesNotDependOnTheWindow() {
        assertEquals(
                OVERLAPPING.sha256(),
                TokenSamples.overlapping(TOKENS, new Tokens(2, 9)).sha256());
    }
}
