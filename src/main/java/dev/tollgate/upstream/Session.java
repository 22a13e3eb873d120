package dev.tollgate.upstream;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Whose call it is, in the words of AWS's bill: the tags and the name of the role session that signs it. What AWS does not
 * take in a value becomes {@code _}, and the value gets a part of its hash, so that two tenants never become one.
 */
public record Session(String tenant, String costCenter, String application, String environment) {

    // STS: tagValueType and roleSessionNameType of API version 2011-06-15.
    private static final Pattern NOT_IN_A_VALUE = Pattern.compile("[^\\p{L}\\p{Z}\\p{N}_.:/=+@-]");
    private static final Pattern NOT_IN_A_NAME = Pattern.compile("[^A-Za-z0-9_+=,.@-]");
    private static final int MAX_VALUE = 256;
    private static final int MAX_NAME = 64;
    private static final int MIN_NAME = 2;
    private static final int HASH_BYTES = 4;

    /** Session tags by key. The keys are those of request metadata, and of the tags that profiles usually have. */
    Map<String, String> tags() {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("tenantId", value(tenant));
        tags.put("costCenter", value(costCenter));
        tags.put("applicationId", value(application));
        tags.put("environment", value(environment));
        return tags;
    }

    /** The session's name, which CloudTrail shows as the last part of the caller's ARN: the tenant, where AWS takes it. */
    public String name() {
        String name = NOT_IN_A_NAME.matcher(tenant).replaceAll("_");
        return name.equals(tenant) && name.length() >= MIN_NAME && name.length() <= MAX_NAME
                ? name
                : marked(name, tenant, MAX_NAME);
    }

    private static String value(String text) {
        String value = NOT_IN_A_VALUE.matcher(text).replaceAll("_");
        if (value.toLowerCase(Locale.ROOT).startsWith("aws:")) {
            value = "aws_" + value.substring("aws:".length());
        }
        return value.equals(text) && value.length() <= MAX_VALUE ? value : marked(value, text, MAX_VALUE);
    }

    private static String marked(String changed, String original, int max) {
        String mark = "." + hash(original);
        return changed.substring(0, Math.min(changed.length(), max - mark.length())) + mark;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
