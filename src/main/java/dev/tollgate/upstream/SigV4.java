package dev.tollgate.upstream;

import io.vertx.core.MultiMap;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/**
 * Signature version 4 in headers, the payload's hash included (AWS General Reference, "Create a signed AWS API request"). The
 * AWS SDK's own signer gives the same headers for 29 kB of garbage a call; a test compares the two (ADR 23). Any thread.
 */
final class SigV4 {

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DATE_LENGTH = 8;
    private static final int USUAL_LENGTH = 1024;
    private static final HexFormat HEX = HexFormat.of();
    private static final String UPPER_HEX = "0123456789ABCDEF";

    private final String region;
    private final String service;
    private final ThreadLocal<Hashes> hashes = ThreadLocal.withInitial(Hashes::new);
    private volatile Second last = new Second(Long.MIN_VALUE, "", "");

    /** A second as AWS writes it, and what a key of its day is good for. */
    private record Second(long epochSecond, String text, String scope) {}

    /** What one thread computes with: the key is derived again only when day or credentials change. */
    private static final class Hashes {
        private final MessageDigest sha256 = digest();
        private final Mac mac = mac();
        private final StringBuilder text = new StringBuilder(USUAL_LENGTH);
        /** The signed headers' names in their order, and the values of each. */
        private final List<String> names = new ArrayList<>();

        private final List<String> values = new ArrayList<>();
        private byte[] utf8 = new byte[USUAL_LENGTH];
        private String keyOf = "";
        private String secretOf = "";

        private static MessageDigest digest() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Mac mac() {
            try {
                return Mac.getInstance("HmacSHA256");
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private byte[] digest(StringBuilder text) {
            int length = encode(text);
            sha256.update(utf8, 0, length);
            return sha256.digest();
        }

        private byte[] authenticate(StringBuilder text) {
            int length = encode(text);
            mac.update(utf8, 0, length);
            return mac.doFinal();
        }

        /** UTF-8 of the text in the thread's own array, which grows to the longest; returns its length. */
        private int encode(StringBuilder text) {
            int length = text.length();
            if (utf8.length < length) {
                utf8 = new byte[length];
            }
            for (int i = 0; i < length; i++) {
                char c = text.charAt(i);
                if (c >= 128) {
                    utf8 = bytes(text.toString());
                    return utf8.length;
                }
                utf8[i] = (byte) c;
            }
            return length;
        }
    }

    SigV4(String region, String service) {
        this.region = region;
        this.service = service;
    }

    /** Sets the headers that sign the request: date, payload hash, session token if there is one, authorization. */
    void sign(UpstreamRequest request, AwsCredentialsIdentity identity, Instant now) {
        Hashes own = hashes.get();
        Second second = second(now);
        MultiMap headers = request.headers();
        request.payload().forEach(own.sha256::update);
        String payload = HEX.formatHex(own.sha256.digest());
        headers.set("x-amz-date", second.text).set("x-amz-content-sha256", payload);
        if (identity instanceof AwsSessionCredentialsIdentity session) {
            headers.set("x-amz-security-token", session.sessionToken().strip());
        }
        canonical(own, headers);
        String names = String.join(";", own.names);
        StringBuilder text = own.text;
        canonicalRequest(own, request, names, payload);
        byte[] hash = own.digest(text);
        text.setLength(0);
        text.append(ALGORITHM + '\n')
                .append(second.text)
                .append('\n')
                .append(second.scope)
                .append('\n');
        hex(text, hash);
        keyed(own, identity.secretAccessKey().strip(), second.scope);
        byte[] signature = own.authenticate(text);
        text.setLength(0);
        text.append(ALGORITHM + " Credential=")
                .append(identity.accessKeyId().strip())
                .append('/')
                .append(second.scope)
                .append(", SignedHeaders=")
                .append(names)
                .append(", Signature=");
        hex(text, signature);
        headers.set("authorization", text.toString());
    }

    private static void hex(StringBuilder out, byte[] bytes) {
        for (byte b : bytes) {
            out.append(HEX.toLowHexDigit(b >> 4)).append(HEX.toLowHexDigit(b));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Second second(Instant now) {
        Second known = last;
        if (known.epochSecond != now.getEpochSecond()) {
            String text = SECOND.format(now);
            String scope = text.substring(0, DATE_LENGTH) + '/' + region + '/' + service + "/aws4_request";
            known = new Second(now.getEpochSecond(), text, scope);
            last = known;
        }
        return known;
    }

    private static void keyed(Hashes own, String secret, String scope) {
        if (own.keyOf.equals(scope) && own.secretOf.equals(secret)) {
            return;
        }
        byte[] key = bytes("AWS4" + secret);
        for (String part : scope.split("/")) {
            init(own.mac, key);
            key = own.mac.doFinal(bytes(part));
        }
        init(own.mac, key);
        own.keyOf = scope;
        own.secretOf = secret;
    }

    private static void init(Mac mac, byte[] key) {
        try {
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void canonicalRequest(Hashes own, UpstreamRequest request, String names, String payload) {
        StringBuilder out = own.text;
        out.setLength(0);
        String path = request.path();
        int question = path.indexOf('?');
        out.append(request.method()).append('\n');
        encode(out, normalized(question < 0 ? path : path.substring(0, question)), true);
        out.append('\n');
        if (question >= 0) {
            query(out, path.substring(question + 1));
        }
        out.append('\n');
        for (int i = 0; i < own.names.size(); i++) {
            out.append(own.names.get(i)).append(':').append(own.values.get(i)).append('\n');
        }
        out.append('\n').append(names).append('\n').append(payload);
    }

    /** Without dot segments and empty ones, which no call of a model has. */
    private static String normalized(String path) {
        if (!path.contains("/.") && !path.contains("//")) {
            return path.isEmpty() ? "/" : path;
        }
        String normal = URI.create(path).normalize().getRawPath();
        return normal.startsWith("/") ? normal : '/' + normal;
    }

    private static void query(StringBuilder out, String query) {
        List<String> pairs = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            StringBuilder one = new StringBuilder();
            encode(one, decode(equals < 0 ? pair : pair.substring(0, equals)), false);
            one.append('=');
            encode(one, equals < 0 ? "" : decode(pair.substring(equals + 1)), false);
            pairs.add(one.toString());
        }
        // By name, then by value; the equals sign takes no part.
        pairs.sort((a, b) -> Arrays.compare(a.split("=", 2), b.split("=", 2)));
        out.append(String.join("&", pairs));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /** RFC 3986: all but the unreserved, as UTF-8. */
    private static void encode(StringBuilder out, String text, boolean keepSlashes) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (unreserved(c) || keepSlashes && c == '/') {
                out.append(c);
            } else if (c < 128) {
                percent(out, (byte) c);
            } else {
                int end = Character.isHighSurrogate(c) && i + 1 < text.length() ? i + 2 : i + 1;
                for (byte b : bytes(text.substring(i, end))) {
                    percent(out, b);
                }
                i = end - 1;
            }
        }
    }

    private static boolean unreserved(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '~';
    }

    private static void percent(StringBuilder out, byte b) {
        out.append('%').append(UPPER_HEX.charAt(b >> 4 & 15)).append(UPPER_HEX.charAt(b & 15));
    }

    /** The headers that are signed, by name: values of one name in a row, each without needless spaces. */
    private static void canonical(Hashes own, MultiMap headers) {
        own.names.clear();
        own.values.clear();
        headers.forEach((name, value) -> {
            if (mustBeSigned(name)) {
                String lowerCase = name.toLowerCase(Locale.ROOT);
                int at = Collections.binarySearch(own.names, lowerCase);
                if (at < 0) {
                    own.names.add(-at - 1, lowerCase);
                    own.values.add(-at - 1, trimmed(value));
                } else {
                    own.values.set(at, own.values.get(at) + ',' + trimmed(value));
                }
            }
        });
    }

    /** A header that a hop may change, or whose bytes two sides may read differently, is not signed. */
    private static boolean mustBeSigned(String name) {
        return name.equalsIgnoreCase("host")
                || name.equalsIgnoreCase("content-type")
                || name.regionMatches(true, 0, "x-amz-", 0, 6)
                || name.regionMatches(true, 0, "x-amzn-", 0, 7);
    }

    private static String trimmed(String value) {
        if (value.indexOf("  ") < 0 && value.indexOf('\t') < 0) {
            return value.strip();
        }
        return value.strip().replaceAll("[ \\t]+", " ");
    }
}
