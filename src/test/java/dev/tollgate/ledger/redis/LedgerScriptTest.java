package dev.tollgate.ledger.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The script as it is sent: numbers in the place of their names. */
class LedgerScriptTest {

    @Test
    void namesOfNumbersAreReplacedInCodeOnly() {
        assertEquals("""
                -- TIME of ADMIT
                local OTHER, call = 'DAY', redis.call
                if code == 1 then return call('TIME', 'it\\'s DAY'), 86400000 - MY_DAY, t[1] end
                """, LedgerScript.withNumbers("""
                        local ADMIT, DAY = 1, 86400000
                        -- TIME of ADMIT
                        local OTHER, call = 'DAY', redis.call
                        if code == ADMIT then return call('TIME', 'it\\'s DAY'), DAY - MY_DAY, t[ADMIT] end
                        """));
    }

    @Test
    void ofTheScriptNoNameOfANumberIsLeft() {
        String script = LedgerScript.withNumbers(LedgerScript.bundled());
        String code = script.replaceAll("--.*", "").replaceAll("'[^'\n]*'", "''");
        assertFalse(
                Pattern.compile("\\b(MAX|LEVEL|USED|ADMIT|BUDGET|DIRTY)\\b")
                        .matcher(code)
                        .find(),
                code);
        assertTrue(code.contains("local RANK"), "a list is none");
    }
}
