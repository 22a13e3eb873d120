package dev.tollgate.simulator;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong with one call, from its header {@code x-simulate: a; b=1}:
 * {@code status=429|500|503|424}, {@code tokens=N} (length of the answer), {@code pace=ms} (between pieces),
 * {@code exception=N} (exception frame after N pieces), {@code cut=N} (connection closed after N pieces),
 * {@code cut-mid=N} (in the middle of piece N), {@code stall=N} (silent after N pieces), {@code no-usage},
 * {@code usage-twice}, {@code garbage=N} (piece N with a wrong checksum), {@code json}, {@code whole-answer} (200 with
 * an error, an answer in JSON instead of a stream), {@code delay=ms} (before the head), {@code no-answer}, {@code cut-body} (half of a whole answer),
 * {@code cache-read=N}, {@code cache-write=N},
 * {@code cache-write-1h=N}, {@code tier=NAME} (that served the call), {@code endless}.
 */
record Faults(Map<String, String> switches) {

    static Faults of(@Nullable String header) {
        Map<String, String> switches = new HashMap<>();
        for (String part : header == null ? new String[0] : header.split(";")) {
            int equals = part.indexOf('=');
            switches.put(
                    (equals < 0 ? part : part.substring(0, equals)).strip(),
                    equals < 0 ? "1" : part.substring(equals + 1).strip());
        }
        return new Faults(switches);
    }

    boolean has(String name) {
        return switches.containsKey(name);
    }

    Optional<Integer> number(String name) {
        return Optional.ofNullable(switches.get(name)).map(Integer::valueOf);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(switches.get(name));
    }

    int number(String name, int otherwise) {
        return number(name).orElse(otherwise);
    }

    /** True if fault {@code name} is to happen at this piece. */
    boolean at(String name, int piece) {
        return number(name).map(n -> n == piece).orElse(false);
    }
}
