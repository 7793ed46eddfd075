package dev.rewire.training.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Failures of files are told in words, and not by the name of a Java class. */
class FileFailureTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new AccessDeniedException("f"), "f: permission denied"),
                Arguments.of(new NoSuchFileException("f"), "f: no such file or folder"),
                Arguments.of(new FileAlreadyExistsException("f"), "f: it is there already, as something else"),
                Arguments.of(new NotDirectoryException("f"), "f: it is no folder"),
                Arguments.of(new DirectoryNotEmptyException("f"), "f: the folder is not empty"),
                Arguments.of(new FileSystemLoopException("f"), "f: symbolic links lead in a circle"),
                Arguments.of(new FileSystemException("f"), "f: the system gives no reason"),
                Arguments.of(
                        new FileSystemException("f", null, "No space left on device"), "f: No space left on device"),
                Arguments.of(new IOException("Stream closed"), "Stream closed"),
                Arguments.of(new IOException(), "the system gives no reason"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureIsToldInWords(IOException failure, String text) {
        assertEquals(text, FileFailure.text(failure));
    }

    @Test
    void theReasonAloneHasNoName() {
        assertEquals("permission denied", FileFailure.reason(new AccessDeniedException("f")));
    }
}
