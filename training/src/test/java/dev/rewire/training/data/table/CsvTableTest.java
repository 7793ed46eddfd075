package dev.rewire.training.data.table;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rewire.kernels.KernelArena;
import dev.rewire.kernels.PanelMatrix;
import dev.rewire.training.data.DataException;
import dev.rewire.training.data.DataSplit;
import dev.rewire.training.data.SampleShape.Features;
import dev.rewire.training.data.Samples;
import dev.rewire.training.data.TargetShape.Classes;
import dev.rewire.training.data.TargetShape.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTableTest {
    @TempDir
    private Path folder;

    private CsvTable read(String text) throws IOException {
        return CsvTable.read(Files.writeString(folder.resolve("table"), text));
    }

    private DataSplit split(String text) throws IOException {
        return read(text).split(null, 1);
    }

    /** What is wrong with a table, without the name of the file. */
    private String fault(String text) {
        return fault(text, null);
    }

    private String fault(String text, String label) {
        String message = assertThrows(DataException.class, () -> read(text).split(label, 1))
                .getMessage();
        String file = folder.resolve("table") + ": ";
        assertEquals(file, message.substring(0, file.length()));
        return message.substring(file.length());
    }

    private static int[] classes(Samples samples) {
        int[] numbers = IntStream.range(0, samples.size()).toArray();
        int[] classes = new int[numbers.length];
        samples.writeClasses(numbers, 0, numbers.length, 1, classes);
        return classes;
    }

    private static float[][] features(Samples samples) {
        int[] numbers = IntStream.range(0, samples.size()).toArray();
        float[][] rows = new float[numbers.length][samples.shape().map(0).features()];
        try (KernelArena arena = KernelArena.open()) {
            PanelMatrix input = PanelMatrix.allocate(arena, numbers.length, rows[0].length);
            samples.writeFeatures(numbers, 0, numbers.length, samples.shape().map(0), input);
            for (int r = 0; r < rows.length; r++) {
                for (int f = 0; f < rows[r].length; f++) {
                    rows[r][f] = input.get(r, f);
                }
            }
        }
        return rows;
    }

    /** Twenty records, the i-th as {@code format} writes i. */
    private static String twenty(String format) {
        return IntStream.range(0, 20).mapToObj(format::formatted).collect(Collectors.joining("\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    height,width,species~1,2,a~3,4,b   | height width species
                    1,2,a~3,4,b                        | ''
                    id,2019,kind~1,2,a~3,4,b           | id 2019 kind
                    kind,size~a,s~a,m~b,s              | kind size
                    p,x~e,x~p,y~e,y                    | ''
                    ,x~1,2~3,4                         | ' x'
                    ?,2,a~3,4,b                        | ''
                    1,?~x,4~y,5                        | ''
                    """)
    void headerIsTold(String table, String names) throws IOException {
        assertEquals(names, String.join(" ", read(table.replace('~', '\n')).names()));
    }

    @ParameterizedTest
    @ValueSource(strings = {",", ";", "\t"})
    void separatorIsTold(String separator) throws IOException {
        CsvTable table = read("a,b;c\td,e;f\n1,2;3\t4,5;6\n7,8;9\t7,8;9\n".replaceAll("[,;\t]", separator));

        assertEquals(List.of("a", "b", "c", "d", "e", "f"), table.names());
    }

    @Test
    void separatorIsNotToldByWhatOccursInTexts() throws IOException {
        assertEquals(List.of("x", "y"), read("x;y\n1;a, b, c\n2;d\n").names());
    }

    @Test
    void quotedCellsHoldSeparatorsQuotesAndLineEnds() throws IOException {
        assertEquals(
                List.of("a,b", "say \"hi\"", "two\nlines"),
                read("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n1,2,x\n3,4,y\n")
                        .names());
    }

    @Test
    void emptyLinesAreNoRecords() throws IOException {
        assertEquals(2, read("a,b\r\n\r\n1,2\r\n\r\n3,4\r\n\r\n").size());
    }

    @Test
    void markOfByteOrderIsNoPartOfAName() throws IOException {
        assertEquals(List.of("a", "b"), read("\uFEFFa,b\n1,2\n3,4\n").names());
    }

    @Test
    void textLabelsAreClassesInTheirOrder() throws IOException {
        DataSplit split = split("1,b\n2,c\n3,a\n4,c\n");

        assertEquals(new Classes(3), split.target());
        assertEquals(3, split.train().size());
    }

    @Test
    void classesAreThoseOfTheirFeatures() throws IOException {
        String records = "b,b\na,a\nc,c\na,a\n".repeat(5);
        Samples train = split("feature,label\n" + records).train();
        float[][] features = features(train);
        int[] classes = classes(train);

        for (int s = 0; s < classes.length; s++) {
            assertEquals(1, features[s][classes[s]]);
        }
    }

    @Test
    void numbersThatAreIntegersAreClassesInTheOrderOfTheirSize() throws IOException {
        DataSplit split = split("1,10\n2,9\n3,-1.0\n4,9.0\n5,10\n6,-1\n7,9\n8,10\n9,9\n10,10\n");

        assertEquals(new Classes(3), split.target());
    }

    @Test
    void numbersWithAFractionAreValues() throws IOException {
        assertEquals(new Values(1), split("1,10\n2,9.5\n3,8\n").target());
    }

    @Test
    void labelIsFoundByItsName() throws IOException {
        assertEquals(
                new Classes(2),
                read("kind,x\na,1.5\nb,2.5\na,3.5\n").split("kind", 1).target());
    }

    @Test
    void labelIsFoundByItsNumber() throws IOException {
        assertEquals(new Classes(2), read("a,1.5\nb,2.5\na,3.5\n").split("1", 1).target());
    }

    @Test
    void nameOfTheLabelGoesBeforeItsNumber() throws IOException {
        assertEquals(
                new Classes(3), read("x,1\n0.5,7\n1.5,8\n2.5,9\n").split("1", 1).target());
    }

    @Test
    void featuresHaveMeanZeroAndVarianceOneOverTheTrainingPart() throws IOException {
        float[][] features = features(split(twenty("%d,7,x")).train());
        double sum = 0;
        double squares = 0;
        for (float[] row : features) {
            sum += row[0];
            squares += (double) row[0] * row[0];
        }

        assertEquals(0, sum / features.length, 1e-6);
        assertEquals(1, squares / features.length, 1e-6);
    }

    @Test
    void columnOfOneNumberIsZero() throws IOException {
        for (float[] row : features(split(twenty("%d,0.1,x")).train())) {
            assertEquals(0, row[1]);
        }
    }

    @Test
    void textFeaturesBecomeAFeatureForEachText() throws IOException {
        DataSplit split = split("b,1\na,2\nc,3\nb,4\n");

        assertEquals(new Features(3), split.shape());
        for (float[] row : features(split.train())) {
            assertEquals(1, row[0] + row[1] + row[2]);
        }
    }

    @Test
    void textFeaturesAreInTheOrderOfTheTexts() throws IOException {
        // All but the first and last kind are alike, so whichever is drawn to test, the training part has both.
        float[][] features = features(split("b,1\nb,2\nb,3\na,4\na,5\na,6\n").train());

        assertArrayEquals(new float[] {0, 1}, features[0]);
        assertArrayEquals(new float[] {1, 0}, features[features.length - 1]);
    }

    @Test
    void nineTenthsAreToTrain() throws IOException {
        DataSplit split = split(twenty("%d,x"));

        assertEquals("18 2", split.train().size() + " " + split.test().size());
    }

    @Test
    void splitIsThatOfTheSeed() throws IOException {
        CsvTable table = read(twenty("%d,x"));

        assertEquals(
                table.split(null, 4).train().sha256(),
                table.split(null, 4).train().sha256());
    }

    @Test
    void anotherSeedGivesAnotherSplit() throws IOException {
        CsvTable table = read(twenty("%d,%<d"));

        assertNotEquals(
                table.split(null, 4).train().sha256(),
                table.split(null, 5).train().sha256());
    }

    @Test
    void everyRecordIsInOneOfTheParts() throws IOException {
        DataSplit split = split(twenty("1,%d"));
        IntStream all = IntStream.concat(IntStream.of(classes(split.train())), IntStream.of(classes(split.test())));

        assertArrayEquals(IntStream.range(0, 20).toArray(), all.sorted().toArray());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a,b~1,~3,4           | line 2, column 2 (b): the value is missing; accepted is one in every cell
                    1,2~NA,3~4,5         | line 2, column 1: the value is missing ('NA'); accepted is one in every cell
                    a,1~'',2~b,3         | line 2, column 1: the value is missing; accepted is one in every cell
                    1,2~1e39,3~4,5       | line 2, column 1: '1e39' is out of range; accepted are numbers up to 3.4028235E38
                    1,2~3,4,5~6,7        | line 2: 3 cells; accepted are 2, as in line 1 (separated by ',')
                    1;2~3;4;5~6;7        | line 2: 3 cells; accepted are 2, as in line 1 (separated by ';')
                    1~2~3                | line 1: one cell; accepted are two and more, features and a label, separated by commas, semicolons or tabs
                    a,b~1,2              | line 1: the table has 1 records besides its header; accepted are two and more, to train and to test
                    """)
    void malformedTableIsRefusedWithItsPlace(String table, String message) {
        assertEquals(message, fault(table.replace('~', '\n').replace("''", "")));
    }

    @Test
    void lineIsThatInWhichTheRecordBegins() {
        assertEquals(
                "line 5, column 1 (a): the value is missing; accepted is one in every cell",
                fault("a,b\n1,\"x\ny\"\n\n,\"z\"\n2,x\n"));
    }

    @Test
    void quoteThatIsNotClosedIsRefusedWithItsLine() {
        String message = fault("a,b\n1,2\n\"3,4\n5,6\n");

        assertEquals("line 3: quotes are not as RFC 4180 has them (", message.substring(0, 45));
    }

    @Test
    void textBehindAClosedQuoteIsRefusedWithItsLine() {
        String message = fault("a,b\n1,2\n\"3\"x,4\n5,6\n");

        assertEquals("line 3: quotes are not as RFC 4180 has them (", message.substring(0, 45));
    }

    @Test
    void columnOfTooManyTextsIsRefusedWhereTheFirstIs() {
        String table = "n,x\n"
                + IntStream.range(0, 66)
                        .mapToObj(i -> (i == 0 ? "0" : "t" + i) + ",1")
                        .collect(Collectors.joining("\n"));

        assertEquals(
                "line 3, column 1 (n): 't1' is no number, and the column has 66 different texts; accepted are numbers, or up to 64 texts",
                fault(table));
    }

    @Test
    void labelOfTooManyClassesIsRefused() {
        String table = IntStream.range(0, 65_537).mapToObj(i -> "1," + i).collect(Collectors.joining("\n"));

        assertEquals(
                "line 1, column 2: the label has 65537 different values; accepted are up to 65536 classes, or numbers with fractions",
                fault(table));
    }

    @Test
    void labelThatIsNoColumnIsRefused() {
        assertEquals(
                "line 1: no column 'c'; accepted are 1 to 2, or one of the names a, b", fault("a,b\n1,2\n3,4\n", "c"));
    }

    @Test
    void labelThatIsTwoColumnsIsRefused() {
        assertEquals(
                "line 1: 2 columns 'a'; accepted are 1 to 2, or one of the names a, a", fault("a,a\n1,2\n3,4\n", "a"));
    }

    @Test
    void longCellIsNotShownWhole() {
        String message = fault("1,2\n" + "9".repeat(100) + ",3\n4,5\n");

        assertEquals(
                "line 2, column 1: '" + "9".repeat(40) + "…' is out of range; accepted are numbers up to 3.4028235E38",
                message);
    }

    @Test
    void numberThatIsTooManyDeviationsAwayIsRefusedWithItsPlace() throws IOException {
        // Whichever record is drawn to test with: the first alone is far from the others.
        CsvTable table = read("1e38,x\n" + "1e-9,x\n0,y\n".repeat(10));
        DataException thrown = assertThrows(DataException.class, () -> {
            for (long seed = 0; seed < 1000; seed++) {
                table.split(null, seed);
            }
        });

        assertEquals("line 1, column 1", thrown.place());
    }
}
