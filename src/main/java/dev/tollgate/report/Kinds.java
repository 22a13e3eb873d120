package dev.tollgate.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at the first record of some inputs, so that a run mostly knows from the start whether it has to join. */
final class Kinds {

    private static final int MAX_LOOKS = 16;

    private Kinds() {}

    static boolean bothIn(List<Input> inputs) {
        boolean log = false;
        boolean usage = false;
        int step = Math.max(1, (inputs.size() + MAX_LOOKS - 1) / MAX_LOOKS);
        for (int i = 0; i < inputs.size(); i += step) {
            CallRecord first = first(inputs.get(i));
            log |= first.log;
            usage |= first.usage;
        }
        CallRecord last = inputs.isEmpty() ? new CallRecord(0) : first(inputs.get(inputs.size() - 1));
        return (log || last.log) && (usage || last.usage);
    }

    private static CallRecord first(Input input) {
        Dimensions none = new Dimensions(Set.of(), Map.of());
        CallRecord call = new CallRecord(0);
        try (InputStream in = input.open();
                LineReader lines = new LineReader(in)) {
            if (lines.next()) {
                new RecordReader(none).read(lines.bytes(), lines.offset(), lines.limit(), call);
            }
        } catch (IOException | RuntimeException | UnreadableException e) {
            // Reported when the input is read.
            call.clear();
        }
        return call;
    }
}
