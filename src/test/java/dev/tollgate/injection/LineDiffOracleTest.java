package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is shown, taken as a patch, makes one text of the other. */
class LineDiffOracleTest {

    private final Random random = new Random(71);

    private List<String> lines(int max) {
        List<String> lines = new ArrayList<>();
        for (int n = random.nextInt(max + 1); n > 0; n--) {
            lines.add("abc".substring(random.nextInt(3)));
        }
        return lines;
    }

    private static String text(List<String> lines) {
        return String.join("\n", lines);
    }

    private static long count(List<String> diff, char mark) {
        return diff.stream().filter(l -> l.charAt(0) == mark).count();
    }

    /** Length of the longest common subsequence, by the definition. */
    private static int common(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return 0;
        }
        List<String> restA = a.subList(1, a.size());
        List<String> restB = b.subList(1, b.size());
        return a.get(0).equals(b.get(0)) ? 1 + common(restA, restB) : Math.max(common(restA, b), common(a, restB));
    }

    @Test
    void equalTextsHaveNoDifference() {
        for (int i = 0; i < 200; i++) {
            String text = text(lines(20));
            assertEquals(List.of(), LineDiff.of(text, text));
        }
    }

    @Test
    void noMoreLinesChangeThanHaveTo() {
        for (int i = 0; i < 2_000; i++) {
            List<String> before = lines(8);
            List<String> after = lines(8);
            List<String> diff = LineDiff.of(text(before), text(after));
            List<String> a = text(before).lines().toList();
            List<String> b = text(after).lines().toList();
            int same = common(a, b);
            assertEquals(a.size() - same, count(diff, '-'), diff.toString());
            assertEquals(b.size() - same, count(diff, '+'), diff.toString());
        }
    }

    @Test
    void theChangedLinesAreThoseOfTheTexts() {
        for (int i = 0; i < 1_000; i++) {
            List<String> before = lines(12);
            List<String> after = lines(12);
            for (String line : LineDiff.of(text(before), text(after))) {
                String content = line.equals("@@") ? "" : line.substring(1);
                assertTrue(
                        switch (line.charAt(0)) {
                            case '-' -> before.contains(content);
                            case '+' -> after.contains(content);
                            case '@' -> true;
                            default -> before.contains(content) && after.contains(content);
                        },
                        line);
            }
        }
    }

    @Test
    void aChangeIsShownWithTwoLinesAroundIt() {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        assertEquals(List.of(" 3", " 4", "-5", "+x", " 6", " 7"), LineDiff.of(before, before.replace("5", "x")));
    }

    @Test
    void changesFarApartAreSeparated() {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9";
        assertEquals(
                List.of("-1", "+x", " 2", " 3", "@@", " 7", " 8", "-9", "+y"),
                LineDiff.of(before, before.replace("1", "x").replace("9", "y")));
    }

    @Test
    void anEmptyTextBecomesAnyOther() {
        assertEquals(List.of("+a", "+b"), LineDiff.of("", "a\nb"));
        assertEquals(List.of("-a", "-b"), LineDiff.of("a\nb", ""));
    }
}
