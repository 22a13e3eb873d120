package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void marksBecomeColoursOrVanish() {
        assertEquals("Try curl x now", Terminal.render("**Try** `curl x` now", false));
        assertEquals("\033[1mTry\033[0m \033[36mcurl x\033[0m now", Terminal.render("**Try** `curl x` now", true));
    }

    @Test
    void aPipeNoColorAndADumbTerminalHaveNone() {
        // Surefire reads the standard output of its tests by a pipe or a file.
        assertFalse(Terminal.hasColours(Map.of("TERM", "xterm")));
        assertFalse(Terminal.hasColours(Map.of("TERM", "xterm", "NO_COLOR", "1")));
        assertFalse(Terminal.hasColours(Map.of("TERM", "dumb")));
        assertFalse(Terminal.hasColours(Map.of()));
    }
}
