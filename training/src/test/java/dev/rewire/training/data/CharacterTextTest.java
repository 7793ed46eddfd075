package dev.rewire.training.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CharacterTextTest {
    @TempDir
    private Path folder;

    private CharacterText read(byte... bytes) throws IOException {
        return CharacterText.read(Files.write(folder.resolve("text"), bytes));
    }

    private CharacterText read(String text) throws IOException {
        return read(text.getBytes(StandardCharsets.UTF_8));
    }

    private String fault(byte... bytes) {
        return assertThrows(DataException.class, () -> read(bytes)).getMessage();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static int[] tokens(Samples samples, int... numbers) {
        int[] tokens = new int[numbers.length * 2];
        samples.writeTokens(numbers, 0, numbers.length, 2, tokens);
        return tokens;
    }

    @Test
    void vocabularyIsTheCharactersInTheOrderOfTheirCodePoints() throws IOException {
        assertEquals("\n abß€😀", read("b😀aß\n€ ab").vocabulary().toString());
    }

    @Test
    void characterBeyondTheBasicPlaneIsOneToken() throws IOException {
        assertEquals(3, read("a😀b").length());
    }

    @Test
    void markOfByteOrderIsNoCharacter() throws IOException {
        assertEquals("ab", read("\uFEFFab").vocabulary().toString());
    }

    @Test
    void markOfByteOrderInTheMiddleIsACharacter() throws IOException {
        assertEquals(3, read("a\uFEFFb").length());
    }

    @Test
    void encodedTextIsDecodedToItself() throws IOException {
        Vocabulary vocabulary = read("😀abc€").vocabulary();

        assertEquals("c😀€a", vocabulary.decode(vocabulary.encode("c😀€a")));
    }

    @Test
    void characterThatIsNotInTheVocabularyIsRefused() throws IOException {
        Vocabulary vocabulary = read("abc").vocabulary();
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> vocabulary.encode("ab€"));

        assertEquals("text: character U+20AC is none of the 3 of this vocabulary", thrown.getMessage());
    }

    @Test
    void nineTenthsAreToTrain() throws IOException {
        DataSplit split = read("0123456789".repeat(3)).split(2);

        assertEquals("25 1", split.train().size() + " " + split.test().size());
    }

    @Test
    void trainingWindowsStartAtTheTextsStart() throws IOException {
        Samples train = read("0123456789".repeat(3)).split(2).train();

        assertArrayEquals(new int[] {0, 1, 4, 5}, tokens(train, 0, 24));
    }

    @Test
    void lastTrainingTargetIsTheLastCharacterBeforeTheValidationPart() throws IOException {
        int[] classes = new int[2];

        read("0123456789".repeat(3)).split(2).train().writeClasses(new int[] {24}, 0, 1, 2, classes);

        assertArrayEquals(new int[] {5, 6}, classes);
    }

    @Test
    void validationWindowsStartWhereTrainingEnded() throws IOException {
        assertArrayEquals(
                new int[] {7, 8}, tokens(read("0123456789".repeat(3)).split(2).test(), 0));
    }

    @Test
    void textWithoutAWindowToValidateIsRefused() throws IOException {
        CharacterText text = read("0123456789".repeat(3));
        DataException thrown = assertThrows(DataException.class, () -> text.split(3));

        assertEquals(
                folder.resolve("text")
                        + ": byte 0: has 30 characters, 27 to train on and 3 to validate on; accepted are 4"
                        + " and more in each, a window of 3 and the character after it",
                thrown.getMessage());
    }

    @Test
    void longestWindowIsRefusedWithoutOverflow() throws IOException {
        CharacterText text = read("0123456789");
        assertThrows(DataException.class, () -> text.split(Integer.MAX_VALUE));
    }

    @Test
    void emptyFileIsRefused() {
        assertEquals(folder.resolve("text") + ": byte 0: is empty; accepted is a text in UTF-8", fault());
    }

    @Test
    void fileOfAMarkOfByteOrderAloneIsRefused() {
        assertEquals(
                folder.resolve("text") + ": byte 3: is empty; accepted is a text in UTF-8",
                fault(bytes(0xEF, 0xBB, 0xBF)));
    }

    @Test
    void invalidByteIsRefusedWithItsPlace() {
        assertEquals(
                folder.resolve("text") + ": byte 2: 0xff begins no character of UTF-8; accepted is UTF-8",
                fault(bytes('a', 'b', 0xFF, 'c')));
    }

    @Test
    void characterThatIsCutOffIsRefusedWithItsPlace() {
        assertEquals(
                folder.resolve("text") + ": byte 1: 0xe2 begins no character of UTF-8; accepted is UTF-8",
                fault(bytes('a', 0xE2, 0x82)));
    }

    @Test
    void encodedSurrogateIsRefusedWithItsPlace() {
        assertEquals(
                folder.resolve("text") + ": byte 1: 0xed begins no character of UTF-8; accepted is UTF-8",
                fault(bytes('a', 0xED, 0xA0, 0x80)));
    }

    @Test
    void invalidByteFarInsideIsRefusedWithItsPlace() {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) 'a');
        bytes[99_000] = (byte) 0x80;

        assertEquals(
                folder.resolve("text") + ": byte 99000: 0x80 begins no character of UTF-8; accepted is UTF-8",
                fault(bytes));
    }

    @Test
    void absentFileIsRefused() {
        Path file = folder.resolve("absent");
        DataException thrown = assertThrows(DataException.class, () -> CharacterText.read(file));

        assertEquals(file + ": byte 0: no such file", thrown.getMessage());
    }

    @Test
    void folderIsRefused() {
        DataException thrown = assertThrows(DataException.class, () -> CharacterText.read(folder));

        assertEquals(folder + ": byte 0: not a regular file", thrown.getMessage());
    }
}
