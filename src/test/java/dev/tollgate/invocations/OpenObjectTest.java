package dev.tollgate.invocations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenObjectTest {

    private static final List<String> OBJECTS = List.of(
            "{\"a\":{\"b\":\"}  }\"},\"c\":[1,2]}",
            " \n{ \"text\" : \"} } {  \" } \r\n ",
            "{}",
            "{ }  ",
            "{\"a\":\"" + "}".repeat(50) + "\"}");

    /** However an object is cut into pieces, members are added before and after its own. */
    @Test
    void addsMembersBeforeAndAfterThoseThatPass() {
        Random random = new Random(5);
        for (String object : OBJECTS) {
            for (int round = 0; round < 500; round++) {
                OpenObject open = new OpenObject("\"first\":1");
                StringBuilder out = new StringBuilder();
                for (int at = 0; at < object.length(); ) {
                    int end = Math.min(object.length(), at + 1 + random.nextInt(round % 7 + 1));
                    out.append(open.pass(Buffer.buffer(object.substring(at, end))));
                    at = end;
                }
                assertTrue(open.awaitsEnd());
                JsonObject told = new JsonObject(out + ",\"last\":2}");
                assertEquals(1, told.remove("first"));
                assertEquals(2, told.remove("last"));
                assertEquals(new JsonObject(object), told);
            }
        }
    }

    @Test
    void whatIsNoObjectOrBreaksOffGetsNoEnd() {
        OpenObject array = new OpenObject("\"first\":1");
        assertEquals("[1]", array.pass(Buffer.buffer("[1]")).toString());
        assertFalse(array.awaitsEnd());
        OpenObject half = new OpenObject("\"first\":1");
        half.pass(Buffer.buffer("{\"a\":"));
        assertFalse(half.awaitsEnd());
    }

    @Test
    void whiteSpaceWithoutEndIsNotKept() {
        OpenObject object = new OpenObject("\"first\":1");
        object.pass(Buffer.buffer("{\"a\":\"}"));
        long passed = 0;
        for (int i = 0; i < 200; i++) {
            passed += object.pass(Buffer.buffer(" ".repeat(1024))).length();
        }
        assertTrue(passed > 100 * 1024, "expected white space to pass on, found " + passed + " bytes of it");
    }
}
