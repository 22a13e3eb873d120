package dev.tollgate.proxy;

import dev.tollgate.admission.LimitLeft;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Holds an answer back until its cost is known, and tells the cost in headers. An answer that is too large to be held passes
 * without them.
 */
final class HeldOutlet implements Outlet {

    private final Outlet next;
    private final MultiMap headers;
    private final HeldBytes memory;
    private final List<Buffer> chunks = new ArrayList<>();
    private Optional<HttpClientResponse> head = Optional.empty();
    private long held;
    private boolean ended;

    /** @param headers of the answer to the client */
    HeldOutlet(Outlet next, MultiMap headers, HeldBytes memory) {
        this.next = next;
        this.headers = headers;
        this.memory = memory;
    }

    @Override
    public void begin(HttpClientResponse upstream) {
        head = Optional.of(upstream);
    }

    @Override
    public void chunk(Buffer chunk) {
        if (head.isPresent() && memory.take(held, chunk.length())) {
            held += chunk.length();
            chunks.add(chunk);
        } else {
            pass();
            next.chunk(chunk);
        }
    }

    private void pass() {
        head.ifPresent(next::begin);
        head = Optional.empty();
        chunks.forEach(next::chunk);
        gone();
    }

    @Override
    public void end() {
        ended = true;
        if (head.isEmpty()) {
            next.end();
        }
    }

    @Override
    public void settled(Supplier<Bill> bill) {
        if (ended && head.isPresent()) {
            Bill its = bill.get();
            headers.set("X-Tollgate-Cost", LimitLeft.dollars(its.microUsd()));
            its.left().forEach(left -> headers.set("X-Tollgate-Remaining-" + left.limit(), left.text()));
            pass();
            next.end();
        }
        next.settled(bill);
    }

    @Override
    public boolean broken(String why) {
        boolean begun = head.isEmpty();
        gone();
        return begun && next.broken(why);
    }

    @Override
    public void gone() {
        chunks.clear();
        memory.free(held);
        held = 0;
    }
}
