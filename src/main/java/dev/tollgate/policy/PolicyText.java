package dev.tollgate.policy;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the text of a policy file. */
public final class PolicyText {

    private PolicyText() {}

    /** @throws IOException whose message says what was expected, and what was found there */
    public static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException("expected a policy file at " + file + ", found " + found(file, e), e);
        }
    }

    private static String found(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return "none";
        }
        if (e instanceof AccessDeniedException) {
            return "one that may not be read";
        }
        if (e instanceof CharacterCodingException) {
            return "text that is not UTF-8";
        }
        return Files.isDirectory(file) ? "a directory" : "none that can be read: " + e.getMessage();
    }
}
