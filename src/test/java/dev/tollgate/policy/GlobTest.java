package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "acme, acme, true",
        "acme, acme2, false",
        "acme, Acme, false",
        "claude-*, claude-sonnet-4-5, true",
        "claude-*, claude-, true",
        "claude-*, claude, false",
        "*, anything, true",
        "*sonnet*, claude-sonnet-4, true",
        "nova-????, nova-lite, true",
        "nova-????, nova-micro, false",
        "a.b, axb, false",
        "a.b, a.b, true",
        "[a-z]*, bcd, false",
        "a|b, a, false",
        "(a), (a), true",
        "a+, aa, false",
        "$, $, true",
        "^a, ^a, true",
        "*:0, us.amazon.nova-lite-v1:0, true"
    })
    void onlyStarAndQuestionMarkMeanSomething(String pattern, String value, boolean matches) {
        assertEquals(matches, Glob.of(pattern).matches(value));
    }

    @Test
    void aStarMatchesNothingToo() {
        assertTrue(Glob.of("*").matches(""));
        assertTrue(Glob.of("a*").matches("a"));
        assertFalse(Glob.of("?").matches(""));
    }

    @Test
    void aStarMatchesLineBreaks() {
        assertTrue(Glob.of("a*b").matches("a\n\r\u2028b"));
    }

    @Test
    void aBackslashAndAQuotationOfRegexAreThemselves() {
        assertTrue(Glob.of("\\Q.\\E").matches("\\Q.\\E"));
        assertFalse(Glob.of("\\d").matches("5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "", "a.b", "[x]"})
    void withoutWildcardsItIsLiteral(String text) {
        assertTrue(Glob.of(text).literal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "a?", "*a*"})
    void withWildcardsItIsNot(String text) {
        assertFalse(Glob.of(text).literal());
    }

    private static boolean naive(String pattern, String value) {
        if (pattern.isEmpty()) {
            return value.isEmpty();
        }
        char first = pattern.charAt(0);
        if (first == '*') {
            for (int i = 0; i <= value.length(); i++) {
                if (naive(pattern.substring(1), value.substring(i))) {
                    return true;
                }
            }
            return false;
        }
        return !value.isEmpty()
                && (first == '?' || first == value.charAt(0))
                && naive(pattern.substring(1), value.substring(1));
    }

    private static String text(Random random, String letters, int max) {
        StringBuilder out = new StringBuilder();
        for (int n = random.nextInt(max + 1); n > 0; n--) {
            out.append(letters.charAt(random.nextInt(letters.length())));
        }
        return out.toString();
    }

    @Test
    void itMatchesWhatANaiveMatcherMatches() {
        Random random = new Random(3);
        int matched = 0;
        for (int i = 0; i < 20_000; i++) {
            String pattern = text(random, "ab.*?", 6);
            String value = text(random, "ab.", 7);
            boolean expected = naive(pattern, value);
            assertEquals(expected, Glob.of(pattern).matches(value), pattern + " on " + value);
            matched += expected ? 1 : 0;
        }
        assertTrue(matched > 1_000, matched + " matched");
    }
}
