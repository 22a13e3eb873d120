package dev.tollgate.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.Splice;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A body with changes, sent without being copied, is what a copy with these changes would be. */
class PayloadTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Splice splice(int start, int end, String text) {
        return new Splice(start, end, bytes(text));
    }

    private static String read(Payload payload) {
        Buffer all = Buffer.buffer();
        payload.slices(1 << 20).forEach(all::appendBuffer);
        return all.toString();
    }

    private static String slices(Payload payload, int max) {
        Buffer all = Buffer.buffer();
        for (Buffer slice : payload.slices(max)) {
            assertTrue(slice.length() <= max, slice.length() + " of " + max);
            all.appendBuffer(slice);
        }
        return all.toString();
    }

    @Test
    void anEmptyBodyIsNothing() {
        assertEquals(0, Payload.EMPTY.length());
        assertEquals("", slices(Payload.EMPTY, 10));
        assertEquals("", read(Payload.EMPTY));
    }

    @Test
    void withoutChangesItIsTheBody() {
        byte[] body = bytes("{\"a\":1}");
        assertEquals("{\"a\":1}", read(Payload.of(body)));
        assertEquals(7, Payload.of(body).length());
    }

    @Test
    void aChangeCanInsertReplaceAndRemove() {
        byte[] body = bytes("0123456789");
        assertEquals("ab0123456789", read(Payload.of(body, List.of(splice(0, 0, "ab")))));
        assertEquals("0123456789ab", read(Payload.of(body, List.of(splice(10, 10, "ab")))));
        assertEquals("01ab6789", read(Payload.of(body, List.of(splice(2, 6, "ab")))));
        assertEquals("016789", read(Payload.of(body, List.of(splice(2, 6, "")))));
        assertEquals("", read(Payload.of(body, List.of(splice(0, 10, "")))));
    }

    @Test
    void changesCountByTheirPlaceNotByTheirOrder() {
        byte[] body = bytes("0123456789");
        List<Splice> changes = List.of(splice(8, 9, "C"), splice(0, 1, "A"), splice(4, 4, "B"));
        assertEquals("A123B4567C9", read(Payload.of(body, changes)));
    }

    @Test
    void ofTwoChangesAtOnePlaceTheFirstComesFirst() {
        assertEquals("xaby", read(Payload.of(bytes("xy"), List.of(splice(1, 1, "a"), splice(1, 1, "b")))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void slicesAreTheWholeInOrder(int max) {
        Payload payload = Payload.of(bytes("0123456789"), List.of(splice(2, 6, "abc"), splice(9, 9, "defghi")));
        assertEquals(read(payload), slices(payload, max));
    }

    @Test
    void itCanBeReadMoreThanOnce() {
        Payload payload = Payload.of(bytes("0123"), List.of(splice(1, 2, "x")));
        assertEquals(read(payload), read(payload));
    }

    @Test
    void randomChangesAreWhatACopyWouldBe() {
        Random random = new Random(15);
        for (int i = 0; i < 3_000; i++) {
            byte[] body = new byte[random.nextInt(200)];
            for (int k = 0; k < body.length; k++) {
                body[k] = (byte) ('a' + random.nextInt(26));
            }
            List<Splice> changes = new ArrayList<>();
            StringBuilder expected = new StringBuilder(new String(body, StandardCharsets.UTF_8));
            int shift = 0;
            for (int at = 0; at < body.length; ) {
                int start = at + random.nextInt(40);
                int end = start + random.nextInt(10);
                if (end > body.length) {
                    break;
                }
                String text = "X".repeat(random.nextInt(6));
                changes.add(splice(start, end, text));
                expected.replace(start + shift, end + shift, text);
                shift += text.length() - (end - start);
                at = end + 1;
            }
            Collections.shuffle(changes, random);
            Payload payload = Payload.of(body, changes);
            assertEquals(expected.toString(), read(payload));
            assertEquals(expected.length(), payload.length());
            assertEquals(expected.toString(), slices(payload, 1 + random.nextInt(50)));
        }
    }
}
