package dev.tollgate.bedrock;

import java.io.IOException;

/** Reads the body of one kind of operation. */
interface BodyReader {

    /** Reads a member of the body's object, with the parser at its value; what it leaves unread is skipped. */
    void member(String name) throws IOException;

    /** Called after the last member. */
    default void end() {}
}
