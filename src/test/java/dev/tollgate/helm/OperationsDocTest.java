package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an SRE looks for is there, and what can be pasted is right. */
class OperationsDocTest {

    private static final Path FILE = Path.of("src/docs/operations.md");
    private static final Pattern POLICY = Pattern.compile("(?m)^    \\{\\n(?:     .*\\n)+    }\\n");

    private static String text() throws IOException {
        return Files.readString(FILE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "## Upgrade, rollback, uninstall",
                "helm rollback",
                "helm uninstall",
                "## Sizing",
                "ElastiCache",
                "MemoryDB",
                "Valkey",
                "cluster mode",
                "maxmemory-policy noeviction",
                "appendonly yes",
                "IAM authentication",
                "| zones |",
                "Several clusters can share one ledger",
                "## What CloudWatch costs",
                "HttpPutResponseHopLimit",
                "terminationGracePeriodSeconds",
                "**Rotation: environment variables are read at a pod's start.**",
                "## Parquet every night",
            })
    void hasWhatAnSreLooksFor(String topic) throws IOException {
        assertTrue(text().contains(topic), topic);
    }

    @Test
    void iamPoliciesAreJsonAndNameEachActionOnce() throws IOException {
        List<String> actions = new ArrayList<>();
        Matcher found = POLICY.matcher(text());
        int policies = 0;
        while (found.find()) {
            policies++;
            JsonObject policy = new JsonObject(found.group());
            assertEquals("2012-10-17", policy.getString("Version"));
            for (Object statement : policy.getJsonArray("Statement")) {
                assertEquals("Allow", ((JsonObject) statement).getString("Effect"));
                JsonArray of = ((JsonObject) statement).getJsonArray("Action");
                of.forEach(action -> actions.add((String) action));
            }
        }
        assertEquals(2, policies, "the sidecar's and the nightly job's");
        assertEquals(
                List.of(
                        "bedrock:InvokeModel",
                        "bedrock:InvokeModelWithResponseStream",
                        "bedrock:GetInferenceProfile",
                        "s3:ListBucket",
                        "s3:GetObject",
                        "s3:PutObject"),
                actions);
    }

    /** 6 metrics for each application and model, at 0.30 USD. */
    @Test
    void theCostsOfCloudWatchAreWhatTheyAreSaidToBe() throws IOException {
        Matcher row = Pattern.compile("\\| (\\d+) x (\\d+) \\| ([\\d,]+) \\| (\\d+) USD \\|")
                .matcher(text());
        int rows = 0;
        while (row.find()) {
            rows++;
            int metrics = Integer.parseInt(row.group(1)) * Integer.parseInt(row.group(2)) * 6;
            assertEquals(metrics, Integer.parseInt(row.group(3).replace(",", "")), row.group());
            assertEquals(metrics * 3 / 10, Integer.parseInt(row.group(4)), row.group());
        }
        assertEquals(3, rows);
    }

    @Test
    void everyLinkedFileIsThere() throws IOException {
        Matcher link = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)").matcher(text());
        while (link.find()) {
            assertFalse(link.group(1).startsWith("/"), link.group(1));
            assertTrue(Files.exists(FILE.resolveSibling(link.group(1))), link.group(1));
        }
    }
}
