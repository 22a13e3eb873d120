package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a policy file that is none. */
class PolicyTextTest {

    @TempDir
    Path folder;

    private String refused(Path file) {
        return String.valueOf(
                assertThrows(IOException.class, () -> PolicyText.read(file)).getMessage());
    }

    @Test
    void whatWasFoundInsteadIsSaid() throws IOException {
        Path none = folder.resolve("none.yaml");
        Path latin =
                Files.write(folder.resolve("latin.yaml"), "tenants: { Å: {} }".getBytes(StandardCharsets.ISO_8859_1));
        Path text = Files.writeString(folder.resolve("policy.yaml"), "limits: []");
        assertEquals("expected a policy file at " + none + ", found none", refused(none));
        assertEquals("expected a policy file at " + folder + ", found a directory", refused(folder));
        assertEquals("expected a policy file at " + latin + ", found text that is not UTF-8", refused(latin));
        assertEquals("limits: []", PolicyText.read(text));
    }
}
