package dev.tollgate.proxy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.util.function.Supplier;

/** Takes an answer of the upstream on its way to the client; used on the call's event loop. */
public interface Outlet {

    /** The answer's head came. */
    void begin(HttpClientResponse upstream);

    /** Some bytes of its body came. */
    void chunk(Buffer chunk);

    /** All of it came. What the call cost follows; an outlet that does not wait for it ends the response. */
    void end();

    /** What a call cost whose answer came whole; the response ends here at the latest. */
    void settled(Supplier<Bill> bill);

    /**
     * The answer broke off.
     *
     * @param why for the client
     * @return false if the client cannot be told, so that its connection has to be cut
     */
    boolean broken(String why);

    /** The client went away; nothing more is to be written. */
    void gone();
}
