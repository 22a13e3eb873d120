package dev.tollgate.report;

import io.airlift.compress.zstd.ZstdInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Lines of a plain, gzip or zstd stream, which its first bytes tell apart. Lines stay in the buffer: no copy each. */
final class LineReader implements Closeable {

    private static final int BUFFER = 256 * 1024;
    private static final int MAX_LINE = 64 * 1024 * 1024;
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};

    private final InputStream in;
    private byte[] buffer = new byte[BUFFER];
    private int start;
    private int next;
    private int end;
    private boolean ended;
    private boolean tooLong;
    private long number;

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

    /** Moves to the next line that is not empty; false at the end. */
    boolean next() throws IOException {
        while (advance()) {
            trim();
            if (length() > 0 || tooLong) {
                return true;
            }
        }
        return false;
    }

    /** Length of the line in {@link #bytes()} from {@link #offset()}. */
    int length() {
        return lineEnd - start;
    }

    byte[] bytes() {
        return buffer;
    }

    int offset() {
        return start;
    }

    /** Number of the line, from 1. */
    long number() {
        return number;
    }

    /** True if the line is longer than any record; its bytes are dropped. */
    boolean tooLong() {
        return tooLong;
    }

    private int lineEnd;

    private boolean advance() throws IOException {
        start = next;
        tooLong = false;
        int scan = start;
        while (true) {
            int at = newline(scan);
            if (at >= 0) {
                lineEnd = at;
                next = at + 1;
                number++;
                return true;
            }
            scan = end - start;
            if (ended || !fill()) {
                lineEnd = end;
                next = end;
                boolean rest = lineEnd > start || tooLong;
                number += rest ? 1 : 0;
                return rest;
            }
            scan = Math.min(end, start + scan);
        }
    }

    private int newline(int from) {
        for (int i = from; i < end; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** Reads more behind what is there; false at the end. */
    private boolean fill() throws IOException {
        if (start > 0) {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
        }
        if (end == buffer.length && end >= MAX_LINE) {
            tooLong = true;
            end = 0;
        } else if (end == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(MAX_LINE, end * 2));
        }
        int read = in.read(buffer, end, buffer.length - end);
        if (read < 0) {
            ended = true;
            return false;
        }
        end += read;
        return true;
    }

    private void trim() {
        while (lineEnd > start && buffer[lineEnd - 1] <= ' ' && buffer[lineEnd - 1] >= 0) {
            lineEnd--;
        }
        while (lineEnd > start && buffer[start] <= ' ' && buffer[start] >= 0) {
            start++;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
