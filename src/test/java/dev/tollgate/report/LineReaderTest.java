package dev.tollgate.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Lines of a stream that arrives in pieces of any size. */
class LineReaderTest {

    private final Random random = new Random(41);

    /** Returns few bytes at a time. */
    private InputStream slow(byte[] bytes) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int at, int length) {
                return super.read(into, at, Math.min(length, 1 + random.nextInt(7_000)));
            }
        };
    }

    private static List<String> lines(InputStream in) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader = new LineReader(in)) {
            while (reader.next()) {
                int length = reader.length();
                lines.add(reader.number() + " "
                        + new String(reader.bytes(), reader.offset(), length, StandardCharsets.UTF_8));
                reader.skip();
            }
        }
        return lines;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void nothingHasNoLines() throws IOException {
        assertEquals(List.of(), lines(new ByteArrayInputStream(new byte[0])));
        assertEquals(List.of(), lines(new ByteArrayInputStream(bytes("\n\n \r\n\t\n"))));
    }

    @Test
    void aLineNeedsNoLineBreakAtTheEnd() throws IOException {
        assertEquals(List.of("1 a", "2 b"), lines(new ByteArrayInputStream(bytes("a\nb"))));
        assertEquals(List.of("1 a", "2 b"), lines(new ByteArrayInputStream(bytes("a\nb\n"))));
    }

    @Test
    void blankLinesAreCountedAndLeftOut() throws IOException {
        assertEquals(List.of("2 a", "5 b"), lines(new ByteArrayInputStream(bytes("\na\n\n\nb\n"))));
    }

    @Test
    void everyLineIsReadWhateverTheSizeOfThePieces() throws IOException {
        StringBuilder all = new StringBuilder();
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 5_000; i++) {
            String line = "x".repeat(1 + random.nextInt(600)) + "ü" + i;
            expected.add(i + " " + line);
            all.append(line).append('\n');
        }
        byte[] bytes = bytes(all.toString());
        assertEquals(expected, lines(slow(bytes)));
        assertEquals(expected, lines(slow(gzip(bytes))));
    }

    @Test
    void aLineLargerThanTheBufferIsReadWhole() throws IOException {
        String large = "y".repeat(3_000_000);
        assertEquals(List.of("1 a", "2 " + large, "3 b"), lines(slow(bytes("a\n" + large + "\nb\n"))));
    }

    @Test
    void aReaderOfALineGoesOnWhereItEnded() throws IOException {
        try (LineReader reader = new LineReader(slow(bytes("abc rest\nsecond\n")))) {
            assertTrue(reader.next());
            reader.advance(reader.offset() + 3);
            reader.skip();
            assertTrue(reader.next());
            assertEquals('s', reader.bytes()[reader.offset()]);
            assertEquals(2, reader.number());
        }
    }

    @Test
    void atTheEndThereIsNoNextLineHoweverOftenItIsAsked() throws IOException {
        try (LineReader reader = new LineReader(slow(bytes("a\n")))) {
            assertTrue(reader.next());
            reader.skip();
            assertFalse(reader.next());
            assertFalse(reader.next());
        }
    }

    @Test
    void brokenGzipIsAFailure() throws IOException {
        byte[] good = gzip(bytes("abc\n".repeat(10_000)));
        byte[] cut = java.util.Arrays.copyOf(good, good.length / 2);
        assertThrows(IOException.class, () -> lines(slow(cut)));
    }
}
