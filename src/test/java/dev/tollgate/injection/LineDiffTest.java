package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LineDiffTest {

    @Test
    void equalTextsHaveNone() {
        assertEquals(List.of(), LineDiff.of("a\nb\n", "a\nb\n"));
        assertEquals(List.of(), LineDiff.of("", ""));
    }

    @Test
    void changedLinesHaveTwoLinesAround() {
        assertEquals(
                List.of(" 2", " 3", "-x", "+y", " 5", " 6", "@@", " 8", " 9", "+z"),
                LineDiff.of("1\n2\n3\nx\n5\n6\n7\n8\n9\n", "1\n2\n3\ny\n5\n6\n7\n8\n9\nz\n"));
    }

    @Test
    void allOrNothing() {
        assertEquals(List.of("+a", "+b"), LineDiff.of("", "a\nb"));
        assertEquals(List.of("-a", "-b"), LineDiff.of("a\nb", ""));
    }
}
