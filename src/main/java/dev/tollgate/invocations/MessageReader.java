package dev.tollgate.invocations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Reads one message of a prompt; its text stays where it is. */
final class MessageReader {

    private static final String A_ROLE = "system, user or assistant";
    private static final String A_TEXT = "a string that is not blank";
    private static final int MAX_ROLE = 60;

    private final JsonParser in;
    private final Cursor at;
    private final Messages messages;
    private boolean roleGiven;
    private boolean textGiven;
    private int role = -1;
    private int start = -1;
    private int end;

    MessageReader(JsonParser in, Cursor at, Messages messages) {
        this.in = in;
        this.at = at;
        this.messages = messages;
    }

    void read(String place) throws IOException {
        boolean object = in.currentToken() == JsonToken.START_OBJECT;
        at.members(place, List.of("role", "content"), this::member);
        if (object && !roleGiven) {
            at.mistake(place + ".role", A_ROLE, "nothing");
        }
        if (object && !textGiven) {
            at.mistake(place + ".content", A_TEXT, "nothing");
        }
        if (role >= 0) {
            messages.add(role, start, end);
        }
    }

    private void member(String name, String place) throws IOException {
        if (name.equals("role")) {
            roleGiven = true;
            role(place);
        } else {
            textGiven = true;
            text(place);
        }
    }

    private void role(String place) throws IOException {
        Optional<String> text = at.text(place, A_ROLE, MAX_ROLE);
        role = text.map(Messages.ROLES::indexOf).orElse(-1);
        if (text.isPresent() && role < 0) {
            at.mistake(place, A_ROLE, '"' + Mistakes.shown(text.get()) + '"');
        }
    }

    private void text(String place) {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            at.mistake(place, A_TEXT, at.kind());
        } else if (at.blank()) {
            at.mistake(place, A_TEXT, at.stringEnd() - at.stringStart() == 2 ? "an empty string" : "only white space");
        } else {
            start = at.stringStart();
            end = at.stringEnd();
        }
    }
}
