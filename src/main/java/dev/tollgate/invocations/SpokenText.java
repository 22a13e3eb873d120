package dev.tollgate.invocations;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.tollgate.proxy.HeldBytes;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The text of a stream as it passes, and all of it for its end, as JSON. If there is no room to keep it, the end goes
 * without.
 */
final class SpokenText {

    private final HeldBytes memory;
    private final StringBuilder blocks = new StringBuilder();
    private long held;
    private int block = -1;
    private boolean kept = true;
    private Optional<String> stopReason = Optional.empty();

    SpokenText(HeldBytes memory) {
        this.memory = memory;
    }

    /** The text that an event adds, with JSON's escapes; empty if it adds none. */
    Optional<String> event(String type, ByteBuffer payload) {
        if (type.equals("messageStop")) {
            stopReason = ConverseEvent.member(payload, "stopReason").or(() -> Optional.of("unknown"));
        }
        if (!type.equals("contentBlockDelta")) {
            return Optional.empty();
        }
        Optional<String> text = ConverseEvent.member(payload, "delta", "text")
                .filter(t -> !t.isEmpty())
                .map(SpokenText::escaped);
        text.ifPresent(t -> keep(t, ConverseEvent.number(payload, "contentBlockIndex")));
        return text;
    }

    /** Also halves of a character that another event completes, which UTF-8 cannot write. */
    private static String escaped(String text) {
        String quoted = new String(JsonStringEncoder.getInstance().quoteAsString(text));
        boolean whole = quoted.chars().noneMatch(c -> Character.isSurrogate((char) c));
        return whole
                ? quoted
                : quoted.codePoints()
                        .mapToObj(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE
                                ? String.format("\\u%04x", c)
                                : Character.toString(c))
                        .collect(Collectors.joining());
    }

    private void keep(String text, int index) {
        // A builder has room for about twice its text, of two bytes a character if need be.
        int more = 4 * text.length();
        if (!kept || !memory.take(held, more)) {
            kept = false;
            free();
            return;
        }
        held += more;
        if (index != block) {
            blocks.append(block < 0 ? "{\"text\":\"" : "\"},{\"text\":\"");
            block = index;
        }
        blocks.append(text);
    }

    /** Why the model stopped; empty while it has not. */
    Optional<String> stopReason() {
        return stopReason;
    }

    /** {@code "output":...,"stopReason":...}; without output if there was no room. */
    String members() {
        String output = kept
                ? "\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[" + blocks + (block < 0 ? "" : "\"}")
                        + "]}},"
                : "";
        return output + Account.text("stopReason", stopReason.orElse("unknown"));
    }

    void free() {
        memory.free(held);
        held = 0;
        blocks.setLength(0);
        blocks.trimToSize();
    }
}
