package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sixteen bytes for each id, and never the same for two. */
class EntryIdTest {

    private static byte[] bytes(UUID uuid) {
        return Buffer.buffer()
                .appendLong(uuid.getMostSignificantBits())
                .appendLong(uuid.getLeastSignificantBits())
                .getBytes();
    }

    @Test
    void aUuidIsItsOwnBytes() {
        for (int i = 0; i < 1000; i++) {
            UUID uuid = UUID.randomUUID();
            assertArrayEquals(bytes(uuid), EntryId.of(uuid.toString()).getBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pod",
                "0198C0DE-0000-7000-8000-00000000000A",
                "0198c0de00000-7000-8000-00000000000a",
                "0198c0de-0000-7000-8000-00000000000g",
                "0198c0de-0000-7000-8000-00000000000-",
                "------------------------------------"
            })
    void whatIsWrittenOtherwiseIsDigested(String id) {
        UUID digest = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
        assertArrayEquals(bytes(digest), EntryId.of(id).getBytes());
    }

    @Test
    void spellingsOfOneUuidStayApart() {
        Set<Buffer> all = new HashSet<>();
        List<String> ids = List.of(
                "0198c0de-0000-7000-8000-00000000000a",
                "0198C0DE-0000-7000-8000-00000000000a",
                "0198c0de-0000-7000-8000-00000000000A");
        ids.forEach(id -> all.add(EntryId.of(id)));
        assertEquals(ids.size(), all.size());
    }
}
