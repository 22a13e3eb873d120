package dev.tollgate.invocations;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads values of a request's JSON; a value that is not as expected is noted as a mistake and counts as absent. */
final class Cursor {

    private static final int MAX_DIGITS = 18;
    private static final int MAX_FRACTION = 40;

    private final byte[] body;
    private final JsonParser in;
    private final Mistakes mistakes;
    private String place = "body";

    /** Reads a member's value, with the parser at it. */
    interface Member {
        void read(String name, String at) throws IOException;
    }

    Cursor(byte[] body, JsonParser in, Mistakes mistakes) {
        this.body = body;
        this.in = in;
        this.mistakes = mistakes;
    }

    /** The field that was read last. */
    String place() {
        return place;
    }

    /** True if the current value is absent by saying so. */
    boolean absent() {
        return in.currentToken() == JsonToken.VALUE_NULL;
    }

    void mistake(String at, String expected, String found) {
        mistakes.add(at, expected, found);
    }

    /** Visits the members of the current object; unknown ones and those that come twice are mistakes. */
    void members(String at, List<String> known, Member member) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            mistake(at, "an object", kind());
            return;
        }
        int seen = 0;
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            place = (at.equals("body") ? "" : at + '.') + Mistakes.shown(name);
            in.nextToken();
            int index = known.indexOf(name);
            if (index < 0) {
                mistake(place, "one of " + String.join(", ", known), "an unknown field");
            } else if ((seen & 1 << index) != 0) {
                mistake(place, "it once", "it twice");
            } else {
                seen |= 1 << index;
                member.read(name, place);
            }
            in.skipChildren();
        }
    }

    /** The current string, at most so many bytes long. */
    Optional<String> text(String at, String expected, int most) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            mistake(at, expected, kind());
            return Optional.empty();
        }
        int length = stringEnd() - stringStart() - 2;
        if (length > most) {
            mistake(at, expected, "a string of " + length + " bytes");
            return Optional.empty();
        }
        return Optional.of(in.getText());
    }

    /** Position of the current string's opening quote. */
    int stringStart() {
        return (int) in.currentTokenLocation().getByteOffset();
    }

    /** Position after the current string's closing quote; the string is not decoded. */
    int stringEnd() {
        int at = stringStart() + 1;
        while (at < body.length && body[at] != '"') {
            at += body[at] == '\\' ? 2 : 1;
        }
        return Math.min(body.length, at + 1);
    }

    /** True if the current string has nothing but white space. */
    boolean blank() {
        int end = stringEnd() - 1;
        for (int at = stringStart() + 1; at < end; at++) {
            if (body[at] == '\\' && at + 1 < end && "nrtfb".indexOf(body[at + 1]) >= 0) {
                at++;
            } else if (body[at] != ' ') {
                return false;
            }
        }
        return true;
    }

    OptionalLong whole(String at, long least, long most) throws IOException {
        String expected = "a whole number from " + least + " to " + most;
        if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            mistake(at, expected, shown());
            return OptionalLong.empty();
        }
        String digits = in.getText();
        long value = digits.length() > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
        if (value < least || value > most) {
            mistake(at, expected, shown());
            return OptionalLong.empty();
        }
        return OptionalLong.of(value);
    }

    /** A number from 0 to 1, as it was written. */
    Optional<String> fraction(String at) throws IOException {
        boolean number = in.currentToken() != null && in.currentToken().isNumeric();
        double value = number ? in.getDoubleValue() : Double.NaN;
        if (!(value >= 0 && value <= 1) || in.getText().length() > MAX_FRACTION) {
            mistake(at, "a number from 0 to 1", shown());
            return Optional.empty();
        }
        return Optional.of(in.getText());
    }

    boolean truth(String at) {
        boolean is = in.currentToken() == JsonToken.VALUE_TRUE;
        if (!is && in.currentToken() != JsonToken.VALUE_FALSE) {
            mistake(at, "true or false", kind());
        }
        return is;
    }

    /** A number as it stands, else what kind of value there is. */
    private String shown() throws IOException {
        return in.currentToken() != null && in.currentToken().isNumeric() ? Mistakes.shown(in.getText()) : kind();
    }

    /** What kind of value there is. */
    String kind() {
        JsonToken token = in.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            case VALUE_NULL -> "null";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> "something else";
        };
    }
}
