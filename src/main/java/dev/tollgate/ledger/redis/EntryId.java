package dev.tollgate.ledger.redis;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A reservation's or a pod's id in 16 bytes: a UUID's own, a digest of any other text. */
final class EntryId {

    private EntryId() {}

    static Buffer of(String id) {
        UUID uuid = uuid(id);
        return Buffer.buffer(16).appendLong(uuid.getMostSignificantBits()).appendLong(uuid.getLeastSignificantBits());
    }

    static void write(String id, Packed out) {
        UUID uuid = uuid(id);
        out.u64(Long.reverseBytes(uuid.getMostSignificantBits()))
                .u64(Long.reverseBytes(uuid.getLeastSignificantBits()));
    }

    private static UUID uuid(String id) {
        return id.length() == 36 ? parse(id) : digest(id);
    }

    /** Only as UUIDs are written, so that no two texts have the same bytes. */
    private static UUID parse(String id) {
        long[] bits = new long[2];
        int digits = 0;
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (c != '-') {
                    return digest(id);
                }
                continue;
            }
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return digest(id);
            }
            bits[digits / 16] = bits[digits / 16] << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
            digits++;
        }
        return new UUID(bits[0], bits[1]);
    }

    private static UUID digest(String id) {
        return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
    }
}
