package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ModelFamilyTest {

    private static final Pattern VERSION = Pattern.compile("(-\\d{8})?(-v\\d+)?(:\\d+)*(:[a-z0-9]+)?$");
    private static final List<String> PIECES = List.of(
            "-20250929", "-v1", "-v", ":0", ":", ":48k", "-", "v2", "claude", "2", "-1234567", "-123456789", "A", ".");

    @Test
    void leavesOutWhatThePatternOfVersionsDoes() {
        Random random = new Random(17);
        for (int i = 0; i < 200_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int pieces = random.nextInt(6); pieces > 0; pieces--) {
                name.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            String after = name.substring(name.indexOf(".") + 1);
            String expected = VERSION.matcher(after).replaceFirst("");
            assertEquals(expected.isEmpty() ? after : expected, ModelId.family(name.toString()), name::toString);
        }
    }
}
