package dev.tollgate.report;

import java.util.Arrays;

/** Values of the group keys, in their order. Sorts by the first value, then by the next. */
public record GroupKey(String[] values) implements Comparable<GroupKey> {

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupKey that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public int compareTo(GroupKey other) {
        return Arrays.compare(values, other.values);
    }

    GroupKey with(int index, String value) {
        String[] copy = values.clone();
        copy[index] = value;
        return new GroupKey(copy);
    }
}
