package dev.tollgate.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The key of a bucket in the ledger.
 *
 * @param owner the tenant, empty if all tenants share the bucket
 */
public record BucketKey(String owner, String field) {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    @Override
    public boolean equals(Object other) {
        return other instanceof BucketKey key && key.field.equals(field) && key.owner.equals(owner);
    }

    @Override
    public int hashCode() {
        return 31 * owner.hashCode() + field.hashCode();
    }

    /** Percent-encodes all but {@code [A-Za-z0-9._-]}, so that no name can leave its place in a key or a field. */
    public static String encode(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "._-".indexOf(c) >= 0;
            if (plain) {
                out.append(c);
            } else {
                out.append('%').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
