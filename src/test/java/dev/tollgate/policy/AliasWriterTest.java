package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AliasWriterTest {

    private static final String ARN = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc";

    /** Before and after; {@code $} stands for the ARN. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 'aliases:\n  p: $\n'",
                "'# only this' | '# only this\naliases:\n  p: $\n'",
                "'limits: [] # none\n' | 'limits: [] # none\naliases:\n  p: $\n'",
                "'aliases:\n    a: b   # why\n\n# limits\nlimits: []\n' | 'aliases:\n    a: b   # why\n    p: $\n\n# limits\nlimits: []\n'",
                "'aliases:\n  p: arn:old:application-inference-profile/x  # kept\n  z: y' | 'aliases:\n  p: $  # kept\n  z: y'",
                "'aliases:\n  p: \"old\" # kept\n' | 'aliases:\n  p: $ # kept\n'",
                "'aliases:\n  a: b' | 'aliases:\n  a: b\n  p: $'",
                "'aliases: { a: b } # flow\n' | 'aliases: { a: b, p: $ } # flow\n'",
                "'aliases: {}\n' | 'aliases: { p: $ }\n'",
                "'# \uD83D\uDE00\naliases:\r\n  a: b\r\nlimits: []\r\n' | '# \uD83D\uDE00\naliases:\r\n  a: b\r\n  p: $\r\nlimits: []\r\n'",
            })
    void everyOtherByteStays(String before, String after) {
        assertEquals(
                after.translateEscapes().replace("$", ARN),
                AliasWriter.with(before.translateEscapes(), Map.of("p", ARN)));
    }

    @Test
    void aFileThatSaysItAlreadyStaysAsItIs() {
        String text = "aliases: {p: '" + ARN + "'}";
        assertEquals(text, AliasWriter.with(text, Map.of("p", ARN)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'{limits: []}\n'",
                "'aliases:\n  a: &x b\n  p: *x\n'",
                "'limits: []\n...\n'",
            })
    void aFileInWhichItWouldChangeMoreIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> AliasWriter.with(text.translateEscapes(), Map.of("p", ARN)));
    }

    @Test
    void namesThatYamlWouldReadOtherwiseAreQuoted() {
        Map<String, String> names = Map.of("yes", ARN, "12", ARN, "a b", ARN);
        assertEquals(names, PolicyReader.read(AliasWriter.file(names), 0).aliases());
    }
}
