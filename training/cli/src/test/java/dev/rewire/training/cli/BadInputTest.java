package dev.rewire.training.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input ends with status 2 and one line on stderr: the argument, its value, what is accepted. */
class BadInputTest {
    @TempDir
    private Path folder;

    private Path data;

    @BeforeEach
    void writeData() throws IOException {
        data = TinyData.writeTo(folder.resolve("data"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --data /nonexistent            | --data      | /nonexistent | fashion-mnist, mnist, text:FILE
            --label y                      | --label     | y            | --data csv:FILE
            --sparsity 1.5                 | --sparsity  | 1.5          | from 0 to below 1
            --sparsity=-0.1                | --sparsity  | -0.1         | from 0 to below 1
            --sparsity NaN                 | --sparsity  | NaN          | from 0 to below 1
            --sparsity most                | --sparsity  | most         | numbers
            --block 0x3                    | --block     | 0x3          | 1 to 64
            --block 1x65                   | --block     | 1x65         | 1 to 64
            --block 16                     | --block     | 16           | RxC
            --block 99999999999x1          | --block     | 99999999999x1 | RxC
            --method fancy                 | --method    | fancy        | dense, static, set, rigl, snfs, srigl, gse, chts, dynsparse, sr-ste
            --distribution none            | --distribution | none      | uniform, er, erk
            --nm 5:4                       | --nm        | 5:4          | M 2, 4, 8 or 16
            --nm 2:3                       | --nm        | 2:3          | M 2, 4, 8 or 16
            --nm 0:4                       | --nm        | 0:4          | N from 1 to M - 1
            --nm 4:4                       | --nm        | 4:4          | N from 1 to M - 1
            --nm x                         | --nm        | x            | as 2:4
            --nm 2:4:8                     | --nm        | 2:4:8        | as 2:4
            --nm 99999999999:4             | --nm        | 99999999999:4 | as 2:4
            --nm 2:4 --model 784-10        | --nm        | 2:4          | a layer before the last
            --nm 2:4 --sparsity 0.9        | --sparsity  | 0.9          | 0.5, or none
            --nm 2:4 --block 4x4           | --block     | 4x4          | 1x1, or none
            --nm 2:4 --distribution erk    | --distribution | erk       | uniform, or none
            --method sr-ste                | --nm        | none         | with --method sr-ste
            --method sr-ste --nm 4:8 --transposable | --nm | 4:8        | M 2 or 4
            --method sr-ste --nm 2:4 --mask-interval 0 | --mask-interval | 0 | from 1
            --method sr-ste --nm 2:4 --sr-ste-decay -1 | --sr-ste-decay | -1.0 | from 0
            --method dense --nm 2:4        | --nm        | 2:4          | sparse methods
            --device tpu                   | --device    | tpu          | cpu, gpu
            --device gpu                   | --device    | gpu          | gpu with --nm 2:4
            --device gpu --nm 1:4          | --device    | gpu          | gpu with --nm 2:4
            --device gpu --method dense    | --device    | gpu          | gpu with --nm 2:4
            --method dense --sparsity 0.9  | --sparsity  | 0.9          | 0, or none
            --method dense --block 4x4     | --block     | 4x4          | sparse methods
            --method dense --distribution er | --distribution | er      | sparse methods
            --nm 2:4 --transposable        | --transposable | true      | with --method sr-ste
            --nm 2:4 --mask-interval 5     | --mask-interval | 5        | with --method sr-ste
            --sr-ste-decay 0.1             | --sr-ste-decay | 0.1       | with --method sr-ste
            --optimizer none               | --optimizer | none         | sgd, adam, adamw
            --optimizer adam --momentum .5 | --momentum  | 0.5          | sgd
            --momentum 1                   | --momentum  | 1.0          | below 1
            --weight-decay -1              | --weight-decay | -1.0      | from 0
            --schedule none                | --schedule  | none         | constant, step, cosine
            --model 784                    | --model     | 784          | two sizes or more
            --model 784-x                  | --model     | 784-x        | 784-1024-10
            --model 784-0-10               | --model     | 784-0-10     | from 1
            --epochs 0                     | --epochs    | 0            | from 1
            --epochs one                   | --epochs    | one          | integers
            --epochs 99999999999           | --epochs    | 99999999999  | integers
            --epochs                       | --epochs    | missing      | --epochs E
            --batch 0                      | --batch     | 0            | from 1
            --augment zoom                 | --augment   | zoom         | crop, crop:PIXELS
            --lr 0                         | --lr        | 0.0          | above 0
            --warmup 12                    | --warmup    | 12           | from 0 to 11
            --delta-t 0                    | --delta-t   | 0            | from 1
            --alpha 2                      | --alpha     | 2.0          | at most 1
            --rewire-until 2               | --rewire-until | 2.0       | from 0 to 1
            --set linear1                  | --set       | linear1      | GLOB=dense
            --set linear1=2                | --set       | linear1=2    | from 0 to below 1
            --set linear1=3:3              | --set       | linear1=3:3  | M 2, 4, 8 or 16
            --set conv*=dense              | --set       | conv*=dense  | linear1.weight
            --set linear1=1:16 --model 784-100-10 --set linear2=1:16 | --set | linear2=1:16 | M divides the inputs
            --set linear1=dense --method dense | --set   | linear1=dense | sparse methods
            --steps=-1                     | --steps     | -1           | from 1
            --steps 10 --epochs 2          | --epochs    | 2            | one of them
            --steps 10 --warmup 1          | --warmup    | 1            | --warmup-steps
            --warmup 1 --warmup-steps 3    | --warmup    | 1            | one of them
            --steps 10 --warmup-steps 10   | --warmup-steps | 10        | fewer than all
            --eval-every 10                | --eval-every | 10          | with --steps
            --clip -1                      | --clip      | -1.0         | from 0
            --drop-schedule slow           | --drop-schedule | slow     | constant, cosine, linear, exponential
            --rewire-from 0.9              | --rewire-from | 0.9        | --rewire-until
            --threads 0                    | --threads   | 0            | from 1
            --seed x                       | --seed      | x            | integers
            --seed 1 --seed 2              | --seed      | twice        | once
            --compare-dense=maybe          | --compare-dense | maybe    | true, false
            --json=yes                     | --json      | yes          | no value, true, false
            --sparsty 0.5                  | --sparsty   | unknown      | --sparsity
            extra                          | extra       | unknown      | --help
            """)
    void anOptionIsRefused(String args, String argument, String value, String accepted) {
        refuses(argument, value, accepted, CommandResult.of(("train " + args).split(" ")));
    }

    @Test
    void aTruncatedFileIsRefused() throws IOException {
        Path images = data.resolve("train-images-idx3-ubyte");
        byte[] bytes = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(bytes, bytes.length - 1));
        refuses(images.toString(), "byte 4", "at most " + (bytes.length - 1), CommandResult.ofTraining(data));
    }

    @Test
    void aTextIsForModelsOfText() throws IOException {
        Path text = Files.writeString(folder.resolve("text"), "to be or not to be");
        refuses("--model", "784-1024-1024-10", "gpt-4x4x128x64", CommandResult.of("train", "--data", "text:" + text));
    }

    /** Each with a model of other data, or settings that it cannot have. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            images | --model gpt-1x1x8x9            | --model | gpt-1x1x8x9 | 9 tokens
            images | --model resnet8 --nm 2:4       | --nm    | 2:4         | blocks, or N:M
            images | --model lenet5                 | --model | lenet5      | 4: conv2 cannot take
            text   | --model lenet5                 | --model | lenet5      | models of text
            text   | --model gpt-1x3x8x9            | --model | gpt-1x3x8x9 | heads that divide
            text   | --model gpt-1x1x8x9 --batch 999 | --batch | 999        | from 1 to
            text   | --model gpt-1x1x8x400          | text    | byte 0      | a window of 400
            text   | --model gpt-1x1x8x9 --augment flip | --augment | flip   | none
            text   | --model gpt-1x1x8x9 --set tokens=0.5 | --set | tokens=0.5 | block1.ffn.up.weight
            table  | --model resnet20               | --model | resnet20    | images
            table  | --model gpt-1x1x8x9            | --model | gpt-1x1x8x9 | 9 tokens
            table  | --model 2-4-2                  | --model | output of 2 | 1 value of a sample
            table  | --model 3-4-1                  | --model | 3-4-1       | start with 2
            table  | --model 2-4-1 --label z        | table   | 'z'         | names a, b, y
            table  | --model 2-4-1 --augment crop   | --augment | crop:4    | none
            """)
    void aModelOfOtherDataIsRefused(String kind, String args, String argument, String value, String accepted)
            throws IOException {
        String source = switch (kind) {
            case "text" -> "text:" + Files.writeString(folder.resolve("text"), "to be or not to be: ".repeat(20));
            case "table" ->
                "csv:" + Files.writeString(folder.resolve("table"), "a,b,y\n" + "1,2,0.5\n3,4,1.5\n".repeat(9));
            default -> data.toString();
        };
        String options = args.contains("--batch") ? args : args + " --batch 2";
        refuses(argument, value, accepted, CommandResult.of(("train --data " + source + " " + options).split(" ")));
    }

    @Test
    void aModelThatDoesNotFitTheImagesIsRefused() {
        refuses("--model", "9-4", "16", CommandResult.of("train", "--data", data.toString(), "--model", "9-4"));
    }

    @Test
    void aFolderBelowAFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        Path below = file.resolve("below");
        refuses("--out", below.toString(), "folders", CommandResult.ofTraining(data, "--out", below.toString()));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatCannotBeMadeIsRefusedWithTheReason() {
        Path out = Path.of("/proc/rewire-nope");
        CommandResult result = CommandResult.ofTraining(data, "--no-compare-dense", "--out", out.toString());
        refuses("--out", out.toString(), "accepted are folders", result);
        assertFalse(result.err().contains("Exception"), result.err());
    }

    @Test
    void badInputLeavesNoFolderBehind() {
        Path out = folder.resolve("out");
        CommandResult.of("train", "--data", data.toString(), "--model", "9-4", "--out", out.toString());
        assertFalse(Files.exists(out));
    }

    @Test
    void aCheckpointThatIsNoneIsRefused() throws IOException {
        Path none = folder.resolve("none");
        refuses("--resume", none.toString(), "checkpoints", CommandResult.of("train", "--resume", none.toString()));
        Path text = Files.writeString(folder.resolve("text"), "some text");
        refuses("--resume", text.toString(), "accepted", CommandResult.of("train", "--resume", text.toString()));
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedBeforeDataAreLookedFor() {
        LoopDevice.reason = "no loops today";
        try {
            String[] args = "train --data /nonexistent --nm 2:4 --device gpu".split(" ");
            refuses("--device", "gpu", "(loops: no loops today); accepted are cpu", CommandResult.of(args));
        } finally {
            LoopDevice.reason = null;
        }
    }

    @Test
    void anUnknownCommandIsRefused() {
        refuses("fly", "unknown", "--help", CommandResult.of("fly"));
        assertEquals(2, CommandResult.of().status());
    }

    private static void refuses(String argument, String value, String accepted, CommandResult result) {
        assertAll(
                result.err(),
                () -> assertEquals(2, result.status()),
                () -> assertEquals("", result.out()),
                () -> assertEquals(1, result.err().lines().count()),
                () -> assertTrue(result.err().contains(argument), argument),
                () -> assertTrue(result.err().contains(value), value),
                () -> assertTrue(result.err().contains(accepted), accepted));
    }
}
