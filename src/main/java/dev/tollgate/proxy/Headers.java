package dev.tollgate.proxy;

import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers go on, in either direction. */
final class Headers {

    // RFC 9110, section 7.6.1, and its older companions.
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings");

    // The inbound signature is for localhost; expect and accept-encoding are settled on this hop (a compressed answer
    // could not be metered).
    private static final Set<String> OURS = Set.of(
            "host",
            "content-length",
            "authorization",
            "x-amz-date",
            "x-amz-security-token",
            "x-amz-content-sha256",
            "x-amz-region-set",
            "expect",
            "accept-encoding",
            "forwarded",
            "x-amzn-bedrock-request-metadata");

    private Headers() {}

    /** End-to-end headers of a request, without what is ours to say. */
    static MultiMap upstream(MultiMap downstream) {
        MultiMap out = MultiMap.caseInsensitiveMultiMap();
        Set<String> named = namedInConnection(downstream);
        for (Map.Entry<String, String> header : downstream) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name)
                    && !OURS.contains(name)
                    && !named.contains(name)
                    && !name.startsWith("x-tollgate-")
                    && !name.startsWith("x-forwarded-")
                    && !name.startsWith(":")) {
                out.add(name, header.getValue());
            }
        }
        return out.set("accept-encoding", "identity");
    }

    /** Copies an answer's end-to-end headers. */
    static void downstream(MultiMap upstream, MultiMap downstream) {
        Set<String> named = namedInConnection(upstream);
        for (Map.Entry<String, String> header : upstream) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!HOP_BY_HOP.contains(name) && !named.contains(name) && !name.startsWith(":")) {
                downstream.add(header.getKey(), header.getValue());
            }
        }
    }

    private static Set<String> namedInConnection(MultiMap headers) {
        List<String> values = headers.getAll("connection");
        if (values.isEmpty()) {
            return Set.of();
        }
        Set<String> named = new HashSet<>();
        for (String value : values) {
            for (String name : value.split(",")) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return named;
    }
}
