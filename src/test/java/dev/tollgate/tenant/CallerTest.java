package dev.tollgate.tenant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "acme", "Acme Corp.", " ", "a/b:c{d}", "\"quoted\"", "münchen", "東京", "𝕏", "-", "*"})
    void whatPrintsIsAName(String name) {
        assertTrue(Caller.legal(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "a\r\nb", "a\tb", "\0", "a\u007f", "\u0080", "\u009f", "\u001b[31m"})
    void whatIsEmptyOrHasAControlCharacterIsNoName(String name) {
        assertFalse(Caller.legal(name));
    }

    @Test
    void aNameHasAtMost128Characters() {
        assertTrue(Caller.legal("x".repeat(128)));
        assertFalse(Caller.legal("x".repeat(129)));
    }

    @Test
    void everyControlCharacterOfLatin1IsRefusedAndNothingElse() {
        for (char c = 0; c < 256; c++) {
            assertEquals(!Character.isISOControl(c), Caller.legal("a" + c), "character " + (int) c);
        }
    }
}
