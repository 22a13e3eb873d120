package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BucketKeyTest {

    @ParameterizedTest
    @CsvSource({
        "acme, acme",
        "A.b_c-9, A.b_c-9",
        "a/b, a%2Fb",
        "a:b, a%3Ab",
        "a b, a%20b",
        "100%, 100%25",
        "a{b}, a%7Bb%7D",
        "ü, %C3%BC",
        "€, %E2%82%AC",
        "𝕏, %F0%9D%95%8F",
        "~, %7E"
    })
    void everythingButLettersDigitsAndThreeSignsIsEncoded(String name, String encoded) {
        assertEquals(encoded, BucketKey.encode(name));
    }

    @Test
    void nothingIsNothing() {
        assertEquals("", BucketKey.encode(""));
    }

    @Test
    void controlCharactersAreEncoded() {
        assertEquals("a%00b%0Ac%7F", BucketKey.encode("a\0b\nc\u007f"));
    }

    @Test
    void theEncodingHoldsNothingThatSeparatesAndIsReversible() {
        Random random = new Random(5);
        Set<String> encodings = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 3_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                name.appendCodePoint(random.nextBoolean() ? 33 + random.nextInt(94) : 0x400 + random.nextInt(0x3000));
            }
            String encoded = BucketKey.encode(name.toString());
            assertTrue(encoded.matches("[A-Za-z0-9._%-]*"), encoded);
            assertEquals(name.toString(), URLDecoder.decode(encoded, StandardCharsets.UTF_8));
            encodings.add(encoded);
            names.add(name.toString());
        }
        assertEquals(names.size(), encodings.size());
    }

    @Test
    void keysAreEqualIfOwnerAndFieldAre() {
        BucketKey key = new BucketKey("acme", "day");
        assertEquals(key, new BucketKey("acme", "day"));
        assertEquals(key.hashCode(), new BucketKey("acme", "day").hashCode());
        assertNotEquals(key, new BucketKey("acme", "week"));
        assertNotEquals(key, new BucketKey("", "day"));
        assertNotEquals(key, "acme");
    }

    @Test
    void anOwnersNameCannotReachIntoTheField() {
        assertNotEquals(new BucketKey("a", "b:c"), new BucketKey("a:b", "c"));
    }
}
