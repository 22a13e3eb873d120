package dev.tollgate.cli;

import dev.tollgate.policy.PolicyText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** A policy file that a command changes while sidecars read it. */
final class PolicyFile {

    private static final int CONTEXT = 3;

    private final Path file;
    private final String text;

    private PolicyFile(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /** @throws IOException if it cannot be read */
    static PolicyFile read(Path file) throws IOException {
        return new PolicyFile(file, PolicyText.read(file));
    }

    String text() {
        return text;
    }

    /** False for a file that cannot be written, or that the kubelet writes from a ConfigMap. */
    boolean editable() throws IOException {
        Path real = file.toRealPath();
        int folders = real.getNameCount() - 1;
        boolean managed = folders > 0 && real.getName(folders - 1).toString().startsWith("..");
        return Files.isWritable(real) && !managed;
    }

    /**
     * Replaces the file in one step, with the same owner and mode; a file that cannot be replaced, such as a bind mount, is
     * written in place, and gets its old text back if that fails.
     *
     * @throws IOException if it cannot be written, and has the text that it had, or was changed since it was read
     */
    void write(String changed) throws IOException {
        if (!Files.readString(file).equals(text)) {
            throw new IOException(
                    "expected " + file + " as it was read, found that it was changed meanwhile; run it again");
        }
        Path real = file.toRealPath();
        Path beside = real.resolveSibling(
                "." + real.getFileName() + "." + ProcessHandle.current().pid());
        try {
            Files.writeString(beside, changed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            PosixFileAttributes was = Files.readAttributes(real, PosixFileAttributes.class);
            PosixFileAttributeView now = Files.getFileAttributeView(beside, PosixFileAttributeView.class);
            now.setOwner(was.owner());
            now.setGroup(was.group());
            now.setPermissions(was.permissions());
            Files.move(beside, real, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            Files.deleteIfExists(beside);
            writeInPlace(real, changed);
        } catch (IOException e) {
            // Its text, not its place: the disk is full, and in place it would be no less so.
            Files.deleteIfExists(beside);
            throw failed(e);
        }
    }

    private void writeInPlace(Path real, String changed) throws IOException {
        try (FileChannel out = FileChannel.open(real, StandardOpenOption.WRITE)) {
            try {
                overwrite(out, changed);
            } catch (IOException e) {
                overwrite(out, text);
                throw failed(e);
            }
        }
    }

    /** Cuts off what is too much only at the end, so that the old text always fits again. */
    private static void overwrite(FileChannel out, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        int length = bytes.remaining();
        out.position(0);
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        out.truncate(length);
        out.force(true);
    }

    private IOException failed(IOException cause) {
        return new IOException(
                "expected to write " + file + ", found " + cause.getMessage() + "; it is as it was", cause);
    }

    /** The change as {@code patch} and {@code git apply} take it: one hunk, because one place changes. */
    List<String> patch(String changed) {
        List<String> before = lines(text);
        List<String> after = lines(changed);
        int same = 0;
        while (same < Math.min(before.size(), after.size()) && before.get(same).equals(after.get(same))) {
            same++;
        }
        int sameEnd = 0;
        while (sameEnd < Math.min(before.size(), after.size()) - same
                && before.get(before.size() - 1 - sameEnd).equals(after.get(after.size() - 1 - sameEnd))) {
            sameEnd++;
        }
        int from = Math.max(0, same - CONTEXT);
        int behind = Math.min(CONTEXT, sameEnd);
        List<String> patch = new ArrayList<>(List.of("--- " + file, "+++ " + file));
        patch.add("@@ -" + (from + 1) + ',' + (before.size() - sameEnd + behind - from) + " +" + (from + 1) + ','
                + (after.size() - sameEnd + behind - from) + " @@");
        before.subList(from, same).forEach(line -> patch.add(' ' + line));
        before.subList(same, before.size() - sameEnd).forEach(line -> patch.add('-' + line));
        after.subList(same, after.size() - sameEnd).forEach(line -> patch.add('+' + line));
        before.subList(before.size() - sameEnd, before.size() - sameEnd + behind)
                .forEach(line -> patch.add(' ' + line));
        return patch;
    }

    /** Without the empty one behind the last line break. */
    private static List<String> lines(String text) {
        return List.of((text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split("\n", -1));
    }
}
