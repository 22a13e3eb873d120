package dev.tollgate.injection;

import java.util.ArrayList;
import java.util.List;

/** The lines that differ between two texts, as {@code diff -U2} shows them. */
public final class LineDiff {

    private static final int CONTEXT = 2;

    private final List<String> before;
    private final List<String> after;

    private LineDiff(List<String> before, List<String> after) {
        this.before = before;
        this.after = after;
    }

    /** Lines with {@code -}, {@code +} or a space before each; empty if the texts are equal. */
    public static List<String> of(String before, String after) {
        return new LineDiff(before.lines().toList(), after.lines().toList()).shown();
    }

    private List<String> shown() {
        List<String> all = all();
        List<String> shown = new ArrayList<>();
        int last = -1;
        for (int i = 0; i < all.size(); i++) {
            int from = Math.max(0, i - CONTEXT);
            int to = Math.min(all.size(), i + CONTEXT + 1);
            if (all.subList(from, to).stream().anyMatch(l -> l.charAt(0) != ' ')) {
                if (last >= 0 && last < i - 1) {
                    shown.add("@@");
                }
                shown.add(all.get(i));
                last = i;
            }
        }
        return shown;
    }

    private List<String> all() {
        int[][] common = common();
        List<String> all = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                all.add(" " + before.get(i++));
                j++;
            } else if (j == after.size() || i < before.size() && common[i + 1][j] >= common[i][j + 1]) {
                all.add("-" + before.get(i++));
            } else {
                all.add("+" + after.get(j++));
            }
        }
        return all;
    }

    /** Length of the longest common subsequence from each pair of lines on. */
    private int[][] common() {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
