package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Walks objects and arrays of a parser; whatever a visitor does not read is skipped. */
final class Walk {

    /** Receives a member with the parser at its value. */
    interface Member {
        void at(String name) throws IOException;
    }

    /** Runs with the parser at an element. */
    interface Element {
        void at() throws IOException;
    }

    private Walk() {}

    /** Visits the members of the current value; none if it is no object. */
    static void members(JsonParser in, Member member) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            in.nextToken();
            member.at(name);
            in.skipChildren();
        }
    }

    /** Visits the elements of the current value; none if it is no array. */
    static void elements(JsonParser in, Element element) throws IOException {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            return;
        }
        while (in.nextToken() != JsonToken.END_ARRAY) {
            element.at();
            in.skipChildren();
        }
    }

    /** Number of elements of the current array. */
    static int count(JsonParser in) throws IOException {
        int[] count = {0};
        elements(in, () -> count[0]++);
        return count[0];
    }
}
