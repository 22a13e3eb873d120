package dev.tollgate.ledger.redis;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A reservation's or a pod's id in 16 bytes: a UUID's own, a digest of any other text. */
final class EntryId {

    private EntryId() {}

    static Buffer of(String id) {
        UUID uuid = id.length() == 36 ? parse(id) : digest(id);
        return Buffer.buffer(16).appendLong(uuid.getMostSignificantBits()).appendLong(uuid.getLeastSignificantBits());
    }

    private static UUID parse(String id) {
        try {
            UUID uuid = UUID.fromString(id);
            return uuid.toString().equals(id) ? uuid : digest(id);
        } catch (IllegalArgumentException e) {
            return digest(id);
        }
    }

    private static UUID digest(String id) {
        return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
    }
}
