package dev.tollgate.upstream;

import dev.tollgate.bedrock.Splice;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A request body that is sent without being copied: the client's bytes, and few changes of them. */
public final class Payload {

    /** No bytes. */
    public static final Payload EMPTY = of(new byte[0]);

    private static final int COPIED = 16 * 1024;

    private final List<Part> parts;
    private final int length;

    /** Bytes from {@code start} to before {@code end} of an array. */
    private record Part(byte[] bytes, int start, int end) {}

    /** Receives bytes of an array. */
    interface Bytes {
        void accept(byte[] bytes, int start, int length);
    }

    private Payload(List<Part> parts, int length) {
        this.parts = parts;
        this.length = length;
    }

    /** The bytes as they are; the array must not change any more. */
    public static Payload of(byte[] body) {
        return of(body, List.of());
    }

    /** The bytes with changes that do not overlap; of two at one place the first comes first. */
    public static Payload of(byte[] body, List<Splice> changes) {
        List<Splice> inOrder = changes;
        if (changes.size() > 1) {
            inOrder = new ArrayList<>(changes);
            inOrder.sort(Comparator.comparingInt(Splice::start));
        }
        List<Part> parts = new ArrayList<>(2 * inOrder.size() + 1);
        int at = 0;
        int length = body.length;
        for (Splice change : inOrder) {
            parts.add(new Part(body, at, change.start()));
            parts.add(new Part(change.inserted(), 0, change.inserted().length));
            at = change.end();
            length += change.growth();
        }
        parts.add(new Part(body, at, body.length));
        return new Payload(parts, length);
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    /** Hands over all bytes in their order, without a copy. */
    void forEach(Bytes receiver) {
        for (Part part : parts) {
            receiver.accept(part.bytes, part.start, part.end - part.start);
        }
    }

    /** The bytes in their order, in pieces none of which is larger than {@code max}: views, or one copy of few bytes. */
    List<Buffer> slices(int max) {
        if (length <= Math.min(max, COPIED)) {
            return List.of(copy());
        }
        List<Buffer> slices = new ArrayList<>();
        parts.forEach(part -> slice(slices, part.bytes, part.start, part.end, max));
        return slices;
    }

    /** Three small pieces would be three system calls and three packets. */
    @SuppressWarnings("deprecation")
    private Buffer copy() {
        byte[] all = new byte[length];
        int at = 0;
        for (Part part : parts) {
            System.arraycopy(part.bytes, part.start, all, at, part.end - part.start);
            at += part.end - part.start;
        }
        return Buffer.buffer(Unpooled.wrappedBuffer(all));
    }

    // The only factory that does not copy.
    @SuppressWarnings("deprecation")
    private static void slice(List<Buffer> out, byte[] bytes, int start, int end, int max) {
        for (int at = start; at < end; at += max) {
            out.add(Buffer.buffer(Unpooled.wrappedBuffer(bytes, at, Math.min(max, end - at))));
        }
    }
}
