package dev.tollgate.upstream;

import io.vertx.core.MultiMap;
import java.util.Optional;

/**
 * A request as it goes up, but for host and signature.
 *
 * @param path raw path and query, sent as they are
 * @param headers end-to-end headers; host, content-length and signature are set when it is sent
 * @param session whose call it is; empty for Tollgate's own requests
 */
public record UpstreamRequest(
        String method, String path, MultiMap headers, Payload payload, Optional<Session> session) {

    /** A request of Tollgate itself. */
    public UpstreamRequest(String method, String path, MultiMap headers, Payload payload) {
        this(method, path, headers, payload, Optional.empty());
    }

    /** A GET without a body. */
    public static UpstreamRequest get(String path) {
        return new UpstreamRequest("GET", path, MultiMap.caseInsensitiveMultiMap(), Payload.EMPTY);
    }
}
