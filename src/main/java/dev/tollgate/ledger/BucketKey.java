package dev.tollgate.ledger;

import java.io.ByteArrayOutputStream;
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

    /** The name that was encoded; what is no encoding of any stays as it is. */
    public static String decode(String encoded) {
        if (encoded.indexOf('%') < 0) {
            return encoded;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            boolean hex = c == '%'
                    && i + 2 < encoded.length()
                    && HexFormat.isHexDigit(encoded.charAt(i + 1))
                    && HexFormat.isHexDigit(encoded.charAt(i + 2));
            out.write(hex ? HexFormat.fromHexDigits(encoded, i + 1, i + 3) : c);
            i += hex ? 2 : 0;
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Percent-encodes all but {@code [A-Za-z0-9._-]}, so that no name can leave its place in a key or a field. */
    public static String encode(String name) {
        int first = 0;
        while (first < name.length() && plain(name.charAt(first))) {
            first++;
        }
        return first == name.length() ? name : encoded(name);
    }

    private static boolean plain(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "._-".indexOf(c) >= 0;
    }

    private static String encoded(String name) {
        StringBuilder out = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (plain(c)) {
                out.append(c);
            } else {
                out.append('%').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
