package dev.tollgate.proxy;

import dev.tollgate.bedrock.BadRequestException;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers go on, in either direction. */
final class Headers {

    // RFC 9110, section 7.6.1, and its older companions.
    private static final List<String> HOP_BY_HOP = List.of(
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
    private static final List<String> OURS = List.of(
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

    // What decides the price: of two, Bedrock might take the other.
    private static final List<String> ONCE = List.of(
            "x-amzn-bedrock-service-tier",
            "x-amzn-bedrock-performanceconfig-latency",
            "x-amzn-bedrock-guardrailidentifier");

    private static final String TOKEN_SIGNS = "!#$%&'*+.^_`|~-";

    private Headers() {}

    /**
     * End-to-end headers of a request, without those that Tollgate sets.
     *
     * @throws BadRequestException if a name is no token or a value has a control character (RFC 9110, sections 5.1 and 5.5)
     */
    static MultiMap upstream(MultiMap downstream) {
        MultiMap out = MultiMap.caseInsensitiveMultiMap();
        Set<String> named = namedInConnection(downstream);
        for (Map.Entry<String, String> header : downstream) {
            String name = header.getKey();
            if (contains(ONCE, name) && downstream.getAll(name).size() > 1) {
                throw new BadRequestException(
                        "expected the header " + name.toLowerCase(Locale.ROOT) + " once, found it twice");
            }
            if (!contains(HOP_BY_HOP, name)
                    && !contains(OURS, name)
                    && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)))
                    && !startsWith(name, "x-tollgate-")
                    && !startsWith(name, "x-forwarded-")
                    && !name.startsWith(":")) {
                if (!isToken(name) || hasControl(header.getValue())) {
                    throw new BadRequestException(
                            "expected header names that are tokens and values without control characters");
                }
                out.add(name, header.getValue());
            }
        }
        return out.set("accept-encoding", "identity");
    }

    private static boolean isToken(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && TOKEN_SIGNS.indexOf(c) < 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean hasControl(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 127) {
                return true;
            }
        }
        return false;
    }

    /** Copies an answer's end-to-end headers. */
    static void downstream(MultiMap upstream, MultiMap downstream) {
        Set<String> named = namedInConnection(upstream);
        for (Map.Entry<String, String> header : upstream) {
            String name = header.getKey();
            if (!contains(HOP_BY_HOP, name)
                    && (named.isEmpty() || !named.contains(name.toLowerCase(Locale.ROOT)))
                    && !name.startsWith(":")) {
                downstream.add(name, header.getValue());
            }
        }
    }

    private static boolean contains(List<String> names, String name) {
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(String name, String prefix) {
        return name.regionMatches(true, 0, prefix, 0, prefix.length());
    }

    private static Set<String> namedInConnection(MultiMap headers) {
        if (headers.get("connection") == null) {
            return Set.of();
        }
        List<String> values = headers.getAll("connection");
        if (values.size() == 1 && contains(HOP_BY_HOP, values.get(0))) {
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
