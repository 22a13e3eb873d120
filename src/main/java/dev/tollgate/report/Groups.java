package dev.tollgate.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Groups and their sums. Beyond a bound, keys are rolled up one after the other until the groups fit; which ones is
 * remembered, and the totals stay the same.
 */
final class Groups {

    /** Stands for all values of a key that was rolled up. */
    static final String ROLLED_UP = "(all)";

    private final List<String> keys;
    private final int max;
    private final Set<String> rolledUp = new LinkedHashSet<>();
    private Map<GroupKey, Totals> sums = new HashMap<>();

    Groups(List<String> keys, int max) {
        this.keys = keys;
        this.max = max;
    }

    Totals at(GroupKey key) {
        GroupKey rolled = roll(key);
        Totals totals = sums.get(rolled);
        if (totals != null) {
            return totals;
        }
        while (max > 0 && sums.size() >= max && rollUpOne()) {
            rolled = roll(key);
        }
        return sums.computeIfAbsent(rolled, k -> new Totals());
    }

    void add(Groups other) {
        other.rolledUp.forEach(this::rollUp);
        other.sums.forEach((key, totals) -> at(key).add(totals));
    }

    /** Keys that were rolled up; {@code day} means that days became months. */
    List<String> rolledUp() {
        return List.copyOf(rolledUp);
    }

    /** How often keys were rolled up: what {@link #at} returned before the last time counts no more. */
    int rolls() {
        return rolledUp.size();
    }

    Map<GroupKey, Totals> sums() {
        return sums;
    }

    Totals total() {
        Totals total = new Totals();
        sums.values().forEach(total::add);
        return total;
    }

    /** Drops the last key that is not rolled up yet; the tenant and the time stay longest. */
    private boolean rollUpOne() {
        List<String> order = new ArrayList<>();
        for (int i = keys.size() - 1; i >= 0; i--) {
            if (!keys.get(i).equals("day")
                    && !keys.get(i).equals("tenant")
                    && !keys.get(i).equals("model")) {
                order.add(keys.get(i));
            }
        }
        order.addAll(List.of("day", "model", "tenant", "month"));
        for (String key : order) {
            if ((keys.contains(key) || key.equals("month") && keys.contains("day")) && !rolledUp.contains(key)) {
                rollUp(key);
                return true;
            }
        }
        return false;
    }

    private void rollUp(String key) {
        if (rolledUp.add(key)) {
            Map<GroupKey, Totals> old = sums;
            sums = new HashMap<>();
            old.forEach((group, totals) ->
                    sums.computeIfAbsent(roll(group), k -> new Totals()).add(totals));
        }
    }

    private GroupKey roll(GroupKey key) {
        GroupKey rolled = key;
        for (String name : rolledUp) {
            int day = keys.indexOf("day");
            rolled = switch (name) {
                case "day" -> with(rolled, day, value -> value.substring(0, Math.min(7, value.length())));
                case "month" -> with(rolled, day, value -> ROLLED_UP);
                default -> with(rolled, keys.indexOf(name), value -> ROLLED_UP);
            };
        }
        return rolled;
    }

    private static GroupKey with(GroupKey key, int index, UnaryOperator<String> change) {
        String changed = change.apply(key.values()[index]);
        return changed.equals(key.values()[index]) ? key : key.with(index, changed);
    }
}
