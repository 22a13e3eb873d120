package dev.tollgate.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextTableTest {

    @Test
    void numbersAreAlignedToTheRight() {
        TextTable table = new TextTable("Spend", "TENANT", ">USD", "MODEL");
        table.add("acme", "12.5", "nova");
        table.add("globex-corporation", "1.25", "claude");
        assertEquals("""

                Spend
                  TENANT               USD  MODEL
                  acme                12.5  nova
                  globex-corporation  1.25  claude
                """, table.text());
    }

    @Test
    void aTableWithoutRowsIsNothing() {
        assertEquals("", new TextTable("Spend", "TENANT").text());
    }

    @Test
    void aNameCannotSteerTheTerminal() {
        assertEquals("?[2Jacme?", TextTable.printable("\033[2Jacme\u202E"));
        assertEquals("?", TextTable.printable("\uD800"));
        assertEquals(60, TextTable.printable("x".repeat(128)).length());
    }
}
