package dev.tollgate.invocations;

import dev.tollgate.bedrock.EventStream;
import dev.tollgate.bedrock.EventStreamDecoder;
import dev.tollgate.proxy.Bill;
import dev.tollgate.proxy.HeldBytes;
import dev.tollgate.proxy.Outlet;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Turns ConverseStream's events into server-sent ones: a {@code delta} for each piece of text, then one {@code done} or
 * {@code error}. Errors before the stream pass unchanged.
 */
final class EventOutlet implements Outlet {

    private static final int MAX_EVENT = 1 << 20;

    private final Account account;
    private final Outlet passing;
    private final HttpServerResponse response;
    private final EventStreamDecoder decoder;
    private final SpokenText text;
    private Buffer out = Buffer.buffer();
    private Optional<String> error = Optional.empty();
    private boolean unchanged;
    private boolean gone;

    EventOutlet(Account account, Outlet passing, HttpServerResponse response, HeldBytes memory) {
        this.account = account;
        this.passing = passing;
        this.response = response;
        this.text = new SpokenText(memory);
        this.decoder = new EventStreamDecoder(MAX_EVENT, new EventStreamDecoder.Listener() {
            @Override
            public void frame(String messageType, String type, ByteBuffer payload) {
                EventOutlet.this.frame(messageType, type, payload);
            }

            @Override
            public void skipped(long bytes) {
                fail("modelStreamErrorException", "expected events of at most " + MAX_EVENT + " bytes, found " + bytes);
            }
        });
    }

    @Override
    public void begin(HttpClientResponse upstream) {
        passing.begin(upstream);
        if (upstream.statusCode() >= 400) {
            unchanged = true;
            return;
        }
        String type = String.valueOf(upstream.getHeader("content-type"));
        if (!type.toLowerCase(Locale.ROOT).startsWith(EventStream.CONTENT_TYPE)) {
            fail(
                    "modelStreamErrorException",
                    "expected an event stream from the upstream, found " + Mistakes.shown(type));
        }
        response.headers().remove("content-length");
        response.setChunked(true).putHeader("Content-Type", "text/event-stream").putHeader("Cache-Control", "no-cache");
    }

    @Override
    public void chunk(Buffer chunk) {
        if (unchanged) {
            passing.chunk(chunk);
            return;
        }
        if (error.isPresent()) {
            return;
        }
        decoder.accept(chunk);
        if (decoder.broken()) {
            fail("modelStreamErrorException", "expected whole events from the upstream, found damaged ones");
        }
        if (out.length() > 0) {
            passing.chunk(out);
            out = Buffer.buffer();
        }
    }

    private void frame(String messageType, String type, ByteBuffer payload) {
        if (error.isPresent()) {
            return;
        }
        if (messageType.equals("event")) {
            text.event(type, payload).ifPresent(spoken -> event("delta", "{\"text\":\"" + spoken + "\"}"));
        } else {
            fail(type, ConverseEvent.member(payload, "message").orElse("the upstream reports no more"));
        }
    }

    private void event(String name, String data) {
        out.appendString("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** The first failure is the one that is told. */
    private void fail(String type, String message) {
        if (error.isEmpty()) {
            error = Optional.of('{' + Account.text("message", message) + ',' + Account.text("type", type) + '}');
        }
    }

    @Override
    public void end() {
        if (unchanged) {
            passing.end();
        }
    }

    @Override
    public void settled(Supplier<Bill> bill) {
        if (!unchanged && !gone) {
            if (text.stopReason().isEmpty()) {
                fail("modelStreamErrorException", "the upstream's stream ended before the answer did; retry");
            }
            finish(bill.get());
        }
    }

    private void finish(Bill bill) {
        error.ifPresentOrElse(
                json -> event("error", json),
                () -> event(
                        "done",
                        '{'
                                + account.opening()
                                + ','
                                + text.members()
                                + ','
                                + Account.usage(bill.usage())
                                + ','
                                + account.closing(bill)
                                + '}'));
        passing.chunk(out);
        passing.end();
        gone();
    }

    @Override
    public boolean broken(String why) {
        if (unchanged) {
            return false;
        }
        fail("modelStreamErrorException", why + "; retry");
        error.ifPresent(json -> event("error", json));
        passing.chunk(out);
        passing.end();
        gone();
        return true;
    }

    @Override
    public void gone() {
        gone = true;
        text.free();
    }
}
