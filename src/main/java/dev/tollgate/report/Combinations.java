package dev.tollgate.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers for combinations of a model and key values, so that a pending call keeps a number instead of strings. */
final class Combinations {

    private final Map<Texts, Integer> numbers = new HashMap<>();
    private final List<String[]> texts = new ArrayList<>();

    private record Texts(String[] texts, int hash) {
        static Texts of(String[] texts) {
            return new Texts(texts, Arrays.hashCode(texts));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Texts that && Arrays.equals(texts, that.texts);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    synchronized int number(CallRecord call) {
        String[] all = Arrays.copyOf(call.values, call.values.length + 3);
        all[call.values.length] = call.modelId;
        all[call.values.length + 1] = call.limit;
        all[call.values.length + 2] = call.priceVersion;
        return numbers.computeIfAbsent(Texts.of(all), k -> {
            texts.add(all);
            return texts.size() - 1;
        });
    }

    synchronized void fill(int number, CallRecord call) {
        String[] all = texts.get(number);
        System.arraycopy(all, 0, call.values, 0, call.values.length);
        call.modelId = all[call.values.length];
        call.limit = all[call.values.length + 1];
        call.priceVersion = all[call.values.length + 2];
    }
}
