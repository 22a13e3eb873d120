package dev.tollgate.report;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Whole lines of a plain, gzip or zstd stream, which is recognized by its first bytes. Lines stay in the buffer, and where a line
 * ends is found by who reads it: a second look at each byte would cost as much as the reading.
 */
final class LineReader implements Closeable {

    private static final int BUFFER = 512 * 1024;
    private static final int MAX_LINE = 64 * 1024 * 1024;
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private byte[] buffer = new byte[BUFFER];
    private int start;
    /** Behind the last line that is whole. */
    private int whole;

    private int end;
    private boolean ended;
    private @Nullable IOException broken;
    private boolean tooLong;
    private long number = 1;

    LineReader(InputStream raw) throws IOException {
        in = decompressed(raw);
    }

    private static InputStream decompressed(InputStream raw) throws IOException {
        PushbackInputStream in = new PushbackInputStream(raw, ZSTD.length);
        byte[] first = in.readNBytes(ZSTD.length);
        in.unread(first);
        if (first.length >= GZIP.length && Arrays.equals(first, 0, GZIP.length, GZIP, 0, GZIP.length)) {
            return new GZIPInputStream(in, 64 * 1024);
        }
        return Arrays.equals(first, ZSTD) ? new ZstdInputStream(in) : in;
    }

    /** Goes to the next line that is not empty; false at the end. */
    boolean next() throws IOException {
        while (true) {
            while (start < whole && buffer[start] >= 0 && buffer[start] <= ' ') {
                number += buffer[start++] == '\n' ? 1 : 0;
            }
            if (start < whole) {
                return true;
            }
            boolean first = number == 1 && end == 0;
            if (!fill()) {
                return start < whole;
            }
            start += first && marked() ? BYTE_ORDER_MARK.length : 0;
        }
    }

    private boolean marked() {
        int length = BYTE_ORDER_MARK.length;
        return end >= length && Arrays.equals(buffer, 0, length, BYTE_ORDER_MARK, 0, length);
    }

    byte[] bytes() {
        return buffer;
    }

    /** First byte of the line. */
    int offset() {
        return start;
    }

    /** Behind the last byte of this line and the whole ones that follow. */
    int limit() {
        return whole;
    }

    /** Number of the line, from 1. */
    long number() {
        return number;
    }

    /** True if the line is longer than any record; most of it is dropped. */
    boolean tooLong() {
        return tooLong;
    }

    /** Leaves the line, of which everything before {@code position} was read. */
    void advance(int position) {
        start = position;
    }

    /** Leaves the line without having read it. */
    void skip() {
        start = lineEnd();
        tooLong = false;
    }

    /** Length of the line, which is looked for. */
    int length() {
        return lineEnd() - start;
    }

    private int lineEnd() {
        int at = start;
        while (at < whole && buffer[at] != '\n') {
            at++;
        }
        return at;
    }

    /** Reads until the buffer is full and has a whole line, or to the end; false if nothing is left. */
    private boolean fill() throws IOException {
        System.arraycopy(buffer, start, buffer, 0, end - start);
        end -= start;
        start = 0;
        whole = 0;
        while (!ended && whole == 0) {
            makeRoom();
            int from = end;
            while (!ended && end < buffer.length) {
                int read = read();
                ended = read < 0;
                end += Math.max(0, read);
            }
            whole = ended && broken == null ? end : lastNewline(from) + 1;
        }
        if (whole == 0 && broken != null) {
            throw broken;
        }
        return whole > 0;
    }

    /** A failure ends the stream; it is thrown once the whole lines before it are read. */
    private int read() {
        try {
            return in.read(buffer, end, buffer.length - end);
        } catch (IOException e) {
            broken = e;
            return -1;
        }
    }

    private void makeRoom() {
        if (end < buffer.length) {
            return;
        }
        if (end < MAX_LINE) {
            buffer = Arrays.copyOf(buffer, Math.min(MAX_LINE, end * 2));
        } else {
            tooLong = true;
            end = 1;
        }
    }

    private int lastNewline(int from) {
        for (int i = end - 1; i >= from; i--) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
