package dev.tollgate.cli;

import dev.tollgate.report.Input;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where what a command found goes: standard output, or a file that is replaced once all is written. */
final class Output {

    private static final int LINE_BREAK = '\n';

    private final Optional<Path> file;

    /** Writes what was found. */
    interface Body {
        void write(Writer out) throws IOException;
    }

    private Output(Optional<Path> file) {
        this.file = file;
    }

    static Output standard() {
        return new Output(Optional.empty());
    }

    /**
     * Looks at the place before anything is read.
     *
     * @param file standard output if empty
     * @throws IOException if it has no folder, or is one of the inputs
     */
    static Output of(Optional<String> file, List<Input> inputs) throws IOException {
        Optional<Path> path = file.map(Path::of);
        if (path.isPresent()) {
            Path folder = path.get().toAbsolutePath().getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw failed(path.get().toString(), "no such folder", null);
            }
            if (Files.exists(path.get())) {
                String real = path.get().toRealPath().toString();
                if (inputs.stream().anyMatch(input -> input.identity().equals(real))) {
                    throw failed(path.get().toString(), "that it is one of the files to read", null);
                }
            }
        }
        return new Output(path);
    }

    boolean isFile() {
        return file.isPresent();
    }

    /** @throws IOException naming the place and why it cannot be written */
    void write(Body body) throws IOException {
        if (file.isEmpty()) {
            standard(body);
            return;
        }
        try {
            file(file.get(), body);
        } catch (FileSystemException e) {
            throw failed(file.get().toString(), found(e), e);
        } catch (IOException e) {
            throw failed(file.get().toString(), String.valueOf(e.getMessage()), e);
        }
    }

    /** What was found instead of a file that can be written. */
    static String found(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        return e instanceof AccessDeniedException ? "that it is not permitted" : String.valueOf(e.getReason());
    }

    private static void file(Path path, Body body) throws IOException {
        boolean there = Files.exists(path);
        Path real = there ? path.toRealPath() : path.toAbsolutePath();
        boolean inPlace = there && !(Files.isRegularFile(real) && Files.isWritable(real.resolveSibling(".")));
        if (inPlace) {
            // A pipe, a device, or a file that is mounted alone.
            into(real, body, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            return;
        }
        Path beside = real.resolveSibling(
                "." + real.getFileName() + "." + ProcessHandle.current().pid());
        // A signal ends the process without what follows.
        beside.toFile().deleteOnExit();
        try {
            into(
                    beside,
                    body,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);
            if (there) {
                Files.setPosixFilePermissions(beside, Files.getPosixFilePermissions(real));
            }
            Files.move(beside, real, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private static void into(Path path, Body body, StandardOpenOption... options) throws IOException {
        try (Writer out = Files.newBufferedWriter(path, options)) {
            body.write(out);
        }
    }

    /** Who left a pipe, as {@code head} does, has read enough; any other failure is one. */
    private static void standard(Body body) throws IOException {
        Writer out = new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
        body.write(out);
        out.flush();
        if (System.out.checkError()) {
            String why = why();
            if (!why.contains("Broken pipe")) {
                throw failed("standard output", why, null);
            }
        }
    }

    /** A print stream keeps to itself why it failed. */
    @SuppressWarnings("resource") // Standard output stays open.
    private static String why() {
        try {
            new FileOutputStream(FileDescriptor.out).write(LINE_BREAK);
            return "that it failed";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static IOException failed(String place, String found, @Nullable IOException cause) {
        return new IOException("expected to write " + place + ", found " + found, cause);
    }
}
