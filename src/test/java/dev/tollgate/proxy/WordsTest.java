package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Call ids, printable text and the closed sets of words that metrics and records use. */
class WordsTest {

    @Test
    void aCallIdIsAUuidOfVersion7() {
        for (long millis : new long[] {0, 1, 1_795_000_000_000L, (1L << 48) - 1}) {
            UUID id = UUID.fromString(CallId.at(millis));
            assertEquals(7, id.version());
            assertEquals(2, id.variant());
            assertEquals(millis, id.getMostSignificantBits() >>> 16);
        }
    }

    @Test
    void callIdsOfLaterMillisecondsSortLater() {
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            long millis = 1_700_000_000_000L + random.nextInt(1_000_000_000);
            assertTrue(CallId.at(millis).compareTo(CallId.at(millis + 1)) < 0);
        }
    }

    @Test
    void callIdsOfOneMillisecondDiffer() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            assertTrue(ids.add(CallId.at(5)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "a b~", "http://x/y?z=1"})
    void textThatPrintsStaysAsItIs(String text) {
        assertEquals(text, Printable.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb", "a\0b", "a\tb", "a\u007fb", "aüb", "a\u202eb"})
    void everyCharacterThatDoesNotPrintInAsciiIsAQuestionMark(String text) {
        assertEquals("a?b", Printable.of(text));
    }

    @ParameterizedTest
    @CsvSource({"99, 99", "100, 100", "101, 103", "1000000, 103"})
    void aLongTextIsCut(int length, int printed) {
        assertEquals(printed, Printable.of("x".repeat(length)).length());
    }

    @Test
    void aCutTextSaysSo() {
        assertTrue(Printable.of("x".repeat(101)).endsWith("x..."));
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void aRefusalHasALabelOfLettersAndDashes(Refusal refusal) {
        assertTrue(refusal.label().matches("[a-z]+(-[a-z]+)*"), refusal.label());
    }

    @Test
    void theRefusalsAreAClosedSet() {
        assertEquals(
                "[unknown-operation, not-metered, bad-request, too-large, tenant, host, browser, slow-body, busy, stopping,"
                        + " internal]",
                Arrays.stream(Refusal.values()).map(Refusal::label).toList().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_OPERATION, false",
        "NOT_METERED, false",
        "BAD_REQUEST, false",
        "TOO_LARGE, true",
        "TENANT, false",
        "HOST, false",
        "BROWSER, false",
        "SLOW_BODY, true",
        "BUSY, false",
        "STOPPING, true",
        "INTERNAL, false"
    })
    void aConnectionClosesOnlyIfItsRequestIsNotWorthWaitingFor(Refusal refusal, boolean closes) {
        assertEquals(closes, refusal.closes());
    }

    @Test
    void anAnswerWithoutAnErrorIsOk() {
        assertFalse(Answer.NONE.ok());
        assertTrue(new Answer(200, Answer.NONE.metered(), true, Answer.NO_ERROR, "", 1).ok());
    }
}
