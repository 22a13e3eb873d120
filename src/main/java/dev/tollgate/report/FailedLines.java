package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Keeps lines that could not be read: for each input one file of JSON lines with file, line, reason and the line itself.
 * The same input writes the same file again. Without a folder, lines are counted only.
 */
final class FailedLines implements Closeable {

    private static final int MAX_OPEN = 64;
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
            .build();

    private final Optional<Path> folder;
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, OutputStream> open = new HashMap<>();

    FailedLines(Optional<Path> folder) {
        this.folder = folder;
    }

    /** File for an input's failed lines. */
    static String fileName(String input) {
        String last = input.substring(input.lastIndexOf('/') + 1).replaceAll("[^A-Za-z0-9._-]", "_");
        UUID unique = UUID.nameUUIDFromBytes(input.getBytes(StandardCharsets.UTF_8));
        return (last.equals("-") ? "stdin" : last) + '-' + unique.toString().substring(0, 8) + ".failed.jsonl";
    }

    synchronized void add(String input, LineReader line, String reason) {
        byte[] content = new byte[line.tooLong() ? 0 : line.length()];
        System.arraycopy(line.bytes(), line.offset(), content, 0, content.length);
        add(input, line.number(), reason, new String(content, StandardCharsets.UTF_8));
    }

    synchronized void add(String input, long number, String reason, String content) {
        long before = counts.merge(input, 1L, Long::sum) - 1;
        folder.ifPresent(into -> {
            try {
                write(open(into, input, before == 0), input, number, reason, content);
            } catch (IOException e) {
                throw new UncheckedIOException("expected to write below " + into + ": " + e.getMessage(), e);
            }
        });
    }

    /** Stays open, because a file that holds no records has many lines. */
    private OutputStream open(Path into, String input, boolean first) throws IOException {
        OutputStream known = open.get(input);
        if (known != null) {
            return known;
        }
        if (open.size() >= MAX_OPEN) {
            close();
        }
        Files.createDirectories(into);
        StandardOpenOption mode = first ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(
                into.resolve(fileName(input)), StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode));
        open.put(input, out);
        return out;
    }

    private static void write(OutputStream out, String input, long number, String reason, String content)
            throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("file", input);
            json.writeNumberField("line", number);
            json.writeStringField("reason", reason);
            json.writeStringField("content", content);
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    /** Writes out what is kept; more may follow. */
    @Override
    public synchronized void close() throws IOException {
        for (OutputStream out : open.values()) {
            out.close();
        }
        open.clear();
    }

    synchronized long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Forgets all, for a run that starts over. */
    synchronized void clear() {
        counts.clear();
    }
}
