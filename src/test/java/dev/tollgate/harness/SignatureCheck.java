package dev.tollgate.harness;

import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Recomputes a signature (version 4) as AWS would, from the request as it arrived and the secret it knows.
 *
 * @param service in the signature's scope
 */
record SignatureCheck(String secret, String service) {

    private static final Pattern AUTHORIZATION = Pattern.compile("AWS4-HMAC-SHA256 Credential=(?<key>[^/]+)/"
            + "(?<scope>(?<date>\\d{8})/(?<region>[a-z0-9-]+)/(?<service>[a-z0-9-]+)/aws4_request),"
            + " SignedHeaders=(?<headers>[a-z0-9;-]+), Signature=(?<signature>[0-9a-f]{64})");

    /** The access key that a request names; empty without one. */
    static String key(HttpServerRequest request) {
        Matcher m = AUTHORIZATION.matcher(String.valueOf(request.getHeader("authorization")));
        return m.matches() ? m.group("key") : "";
    }

    /** What is wrong with the signature; empty where it is right. */
    Optional<String> problem(HttpServerRequest request, byte[] body) {
        Matcher m = AUTHORIZATION.matcher(String.valueOf(request.getHeader("authorization")));
        if (!m.matches() || !m.group("service").equals(service)) {
            return Optional.of("expected a signature version 4 for " + service);
        }
        for (String name : request.headers().names()) {
            String lower = name.toLowerCase(Locale.ROOT);
            boolean mustBeSigned =
                    lower.startsWith("x-amzn-bedrock-") || lower.equals("host") || lower.equals("x-amz-date");
            if (mustBeSigned && !Arrays.asList(m.group("headers").split(";")).contains(lower)) {
                return Optional.of("expected " + lower + " among the signed headers");
            }
        }
        try {
            return expected(request, body, m).equals(m.group("signature"))
                    ? Optional.empty()
                    : Optional.of("the signature does not match the request");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String expected(HttpServerRequest request, byte[] body, Matcher m) throws GeneralSecurityException {
        StringBuilder canonical = new StringBuilder()
                .append(request.method().name())
                .append('\n')
                .append(encodeAgain(request.path()))
                .append('\n')
                .append(query(request.query()))
                .append('\n');
        for (String name : m.group("headers").split(";")) {
            String value = String.join(",", request.headers().getAll(name));
            canonical
                    .append(name)
                    .append(':')
                    .append(value.strip().replaceAll(" +", " "))
                    .append('\n');
        }
        canonical.append('\n').append(m.group("headers")).append('\n').append(sha256(body));
        String toSign = "AWS4-HMAC-SHA256\n" + request.getHeader("x-amz-date") + "\n" + m.group("scope") + "\n"
                + sha256(canonical.toString().getBytes(StandardCharsets.UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {m.group("date"), m.group("region"), service, "aws4_request"}) {
            key = hmac(key, part);
        }
        return HexFormat.of().formatHex(hmac(key, toSign));
    }

    /** Sorted, as the canonical request has it. */
    private static String query(String query) {
        return query == null ? "" : Arrays.stream(query.split("&")).sorted().collect(Collectors.joining("&"));
    }

    /** In the canonical request every part of the path is encoded a second time. */
    private static String encodeAgain(String path) {
        StringBuilder out = new StringBuilder();
        for (char c : path.toCharArray()) {
            boolean plain = Character.isLetterOrDigit(c) || "-_.~/".indexOf(c) >= 0;
            out.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return out.toString();
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
