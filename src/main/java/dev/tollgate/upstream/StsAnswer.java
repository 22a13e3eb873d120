package dev.tollgate.upstream;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** The few fields that are wanted of an answer of STS (query protocol, XML), found by a pattern (ADR 6). */
record StsAnswer(Map<String, String> fields) {

    static final String FORM = "application/x-www-form-urlencoded; charset=utf-8";
    static final int MAX_BYTES = 64 * 1024;
    private static final Pattern ELEMENT =
            Pattern.compile("<(AccessKeyId|SecretAccessKey|SessionToken|Expiration|Code)>([^<]*)</");
    private static final Pattern CODE = Pattern.compile("[A-Za-z.]{1,60}");

    static StsAnswer of(String xml) {
        Matcher elements = ELEMENT.matcher(xml);
        return new StsAnswer(
                elements.results().collect(Collectors.toMap(e -> e.group(1), e -> e.group(2), (first, more) -> first)));
    }

    /** Empty if a field is missing or no time. */
    Optional<AwsSessionCredentials> credentials() {
        if (!fields.keySet().containsAll(Set.of("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"))) {
            return Optional.empty();
        }
        try {
            return Optional.of(AwsSessionCredentials.builder()
                    .accessKeyId(fields.get("AccessKeyId"))
                    .secretAccessKey(fields.get("SecretAccessKey"))
                    .sessionToken(fields.get("SessionToken"))
                    .expirationTime(Instant.parse(fields.getOrDefault("Expiration", "")))
                    .build());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The error's code, such as {@code AccessDenied}; {@code no code} without a legal one. */
    String code() {
        return Optional.ofNullable(fields.get("Code"))
                .filter(code -> CODE.matcher(code).matches())
                .orElse("no code");
    }
}
