package dev.tollgate.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Certificate;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.SimulatedControlPlane;
import dev.tollgate.harness.SimulatedCostExplorer;
import dev.tollgate.harness.SimulatedSts;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollgate profiles} against a control plane, an STS and a Cost Explorer that check every signature. */
class ProfilesIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final String POLICY = """
            # Whose models cost what. Keep this line.
            tenants:
              acme: { cost-center: sales, environment: prod }   # the first customer
            aliases:
              fast: us.amazon.nova-lite-v1:0     # as marketing calls it
            profiles:
              - { name: sales-haiku, model: claude-3-5-haiku, tags: { costCenter: sales, environment: prod, applicationId: web } }
              - name: hr-fast
                model: fast
                tags: { costCenter: hr, environment: dev }
              - { name: legal-micro, model: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0", tags: { costCenter: legal } }
            limits: []
            """;

    private SimulatedControlPlane controlPlane;
    private SimulatedCostExplorer costs;
    private SimulatedSts sts;

    @TempDir
    Path folder;

    private Path policy;

    @BeforeEach
    void start() throws IOException {
        controlPlane = new SimulatedControlPlane(VERTX, "us-east-1");
        costs = new SimulatedCostExplorer(VERTX, Set.of("costCenter", "environment"));
        sts = new SimulatedSts(VERTX);
        policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    }

    @AfterAll
    static void stop() {
        Upstreams.await(VERTX.close());
    }

    private Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "AWS_REGION",
                "us-east-1",
                "AWS_ACCESS_KEY_ID",
                "AKIDEXAMPLE",
                "AWS_SECRET_ACCESS_KEY",
                Upstreams.SECRET,
                "AWS_EC2_METADATA_DISABLED",
                "true",
                "AWS_ENDPOINT_URL_BEDROCK",
                controlPlane.url(),
                "AWS_ENDPOINT_URL_STS",
                sts.url(),
                "AWS_ENDPOINT_URL_COST_EXPLORER",
                costs.url(),
                "TOLLGATE_POLICY_FILE",
                policy.toString()));
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        settings.values().removeIf(String::isEmpty);
        return settings;
    }

    private String profiles(String... arguments) {
        return profiles(settings(), arguments);
    }

    private static String profiles(Map<String, String> settings, String... arguments) {
        List<String> command = new ArrayList<>(List.of("profiles"));
        Collections.addAll(command, arguments);
        String output = SidecarProcess.run(settings, command.toArray(String[]::new));
        assertFalse(output.contains("\tat "), output);
        return output;
    }

    private static void contains(String output, String... parts) {
        for (String part : parts) {
            assertTrue(output.contains(part), part + " expected in:\n" + output);
        }
    }

    private void policy(String text) throws IOException {
        Files.writeString(policy, text);
    }

    @Test
    void whatIsDeclaredIsPlannedCreatedWaitedForWrittenBackAndThenTheSame() throws IOException {
        contains(
                profiles("plan"),
                "Application inference profiles in us-east-1 (127.0.0.1), declared in " + policy + ": 3",
                "  + sales-haiku  create from us.anthropic.claude-3-5-haiku-20241022-v1:0, tags applicationId=web"
                        + " costCenter=sales environment=prod",
                "  + hr-fast      create from us.amazon.nova-lite-v1:0, tags costCenter=hr environment=dev",
                "  + legal-micro  create from amazon.nova-micro-v1:0, tags costCenter=legal",
                "3 to create, 0 with other tags, 0 with another model, 0 not declared, 0 as declared",
                "Cost allocation tags: applicationId, costCenter, environment",
                "exit 0");
        contains(profiles("check"), "3 to create", "exit 4");
        assertFalse(controlPlane.operations().contains("CreateInferenceProfile"), "so far nothing changed");
        controlPlane.creatingFor(3);
        String applied = profiles("apply", "--write");
        contains(applied, "created sales-haiku arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/p");
        contains(applied, "wrote 3 aliases to " + policy, "exit 0");
        assertEquals(
                Map.of("applicationId", "web", "costCenter", "sales", "environment", "prod"),
                controlPlane.tags("sales-haiku"));
        assertEquals(
                9,
                controlPlane.operations().stream()
                        .filter("GetInferenceProfile"::equals)
                        .count(),
                "each was waited for");
        assertEquals(
                POLICY.replace(
                        "marketing calls it\n",
                        "marketing calls it\n  sales-haiku: "
                                + controlPlane.arn("sales-haiku").orElseThrow()
                                + "\n  hr-fast: " + controlPlane.arn("hr-fast").orElseThrow() + "\n  legal-micro: "
                                + controlPlane.arn("legal-micro").orElseThrow() + "\n"),
                Files.readString(policy),
                "every other byte stays");
        contains(profiles("check"), "0 to create", "3 as declared", "exit 0");
        String written = Files.readString(policy);
        contains(profiles("apply", "--write"), "has these aliases already", "exit 0");
        assertEquals(written, Files.readString(policy));
        assertEquals(
                3,
                controlPlane.operations().stream()
                        .filter("CreateInferenceProfile"::equals)
                        .count(),
                "once each");
        contains(
                profiles("list"),
                "  sales-haiku  anthropic.claude-3-5-haiku-20241022-v1:0, ACTIVE, declared",
                "    tags applicationId=web costCenter=sales environment=prod",
                "3 profiles",
                "exit 0");
    }

    /** AWS's profile creation script, and the calls that follow: by name and by ARN, priced as the model. */
    @Test
    void aCreatedProfileIsCalledByItsNameAndPricedAsItsModel() throws IOException {
        contains(profiles("apply", "--write"), "exit 0");
        String arn = controlPlane.arn("sales-haiku").orElseThrow();
        long opsBefore = controlPlane.operations().size();
        try (Upstreams upstream = Upstreams.start()) {
            Map<String, String> settings = upstream.settings(
                    "TOLLGATE_POLICY_FILE", policy.toString(), "AWS_ENDPOINT_URL_BEDROCK", controlPlane.url());
            try (SidecarProcess sidecar = SidecarProcess.serve(settings)) {
                for (String model :
                        List.of("sales-haiku", arn.replace(":", "%3A").replace("/", "%2F"))) {
                    HttpResponse<byte[]> answer =
                            Http.post(sidecar, "/model/" + model + "/converse", Http.converse(100));
                    assertEquals(200, answer.statusCode(), new String(answer.body()));
                }
                assertEquals(
                        List.of(arn, arn),
                        upstream.simulator().received().stream()
                                .map(r -> URLDecoder.decode(r.path().split("/")[2], StandardCharsets.UTF_8))
                                .toList());
                Ports.await(
                        Duration.ofSeconds(5),
                        "two records",
                        () -> sidecar.usageRecords().size() == 2);
                for (String line : sidecar.usageRecords()) {
                    JsonObject record = new JsonObject(line);
                    assertEquals("claude-3-5-haiku", record.getString("model"));
                    // 0.8 and 4 USD a million tokens.
                    long pico = record.getLong("inputTokens") * 800_000 + record.getLong("outputTokens") * 4_000_000;
                    assertEquals((pico + 999_999) / 1_000_000, record.getLong("microUsd"), line);
                }
                assertEquals(0, sidecar.metric("tollgate_unknown_price_total"));
            }
        }
        assertEquals(opsBefore + 1, controlPlane.operations().size(), "looked up once");
    }

    @Test
    void aDeclaredModelIsThePriceIfTheControlPlaneDoesNotTell() throws IOException {
        contains(profiles("apply", "--write"), "exit 0");
        try (Upstreams upstream = Upstreams.start();
                SidecarProcess sidecar =
                        SidecarProcess.serve(upstream.settings("TOLLGATE_POLICY_FILE", policy.toString()))) {
            assertEquals(
                    200,
                    Http.post(sidecar, "/model/hr-fast/converse", Http.converse(2))
                            .statusCode());
            Ports.await(Duration.ofSeconds(5), "a record", () -> !sidecar.usageRecords()
                    .isEmpty());
            assertEquals("nova-lite", new JsonObject(sidecar.usageRecords().get(0)).getString("model"));
        }
    }

    @Test
    void everyKindOfDriftIsShownAndRepairedAsFarAsItWasAskedFor() throws IOException {
        contains(profiles("apply"), "aliases:\n", "exit 0");
        policy(POLICY.replace("environment: prod, applicationId: web", "environment: staging, team: blue")
                .replace("model: fast", "model: nova-pro")
                .replaceAll("(?m)^.*legal-micro.*\\n", ""));
        String byHand = controlPlane.seed(
                "by hand", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0", Map.of("a", "b"));
        String drift = profiles("check");
        contains(
                drift,
                "~ sales-haiku  tags differ: environment prod -> staging, + team=blue, - applicationId=web",
                "! hr-fast      model differs: it runs amazon.nova-lite-v1:0, declared is ",
                "- by hand      not declared, runs amazon.nova-lite-v1:0, " + byHand
                        + "; not made by Tollgate, apply --prune=all deletes it",
                "- legal-micro  not declared, runs amazon.nova-micro-v1:0, ",
                "; apply --prune deletes it",
                "0 to create, 1 with other tags, 1 with another model, 2 not declared, 0 as declared",
                "exit 4");
        assertFalse(profiles("check", "--own").contains("by hand"));
        contains(
                profiles("apply"),
                "tagged sales-haiku costCenter=sales environment=staging team=blue",
                "not done: hr-fast: it runs another model",
                "exit 1");
        assertEquals(
                Map.of("costCenter", "sales", "environment", "staging", "team", "blue"),
                controlPlane.tags("sales-haiku"));
        assertTrue(controlPlane.arn("legal-micro").isPresent(), "never deleted unless it was asked for");
        String before = controlPlane.arn("hr-fast").orElseThrow();
        contains(
                profiles("apply", "--prune", "--replace", "--write"),
                "deleted legal-micro",
                "deleted hr-fast",
                "exit 0");
        assertEquals(Optional.empty(), controlPlane.arn("legal-micro"));
        assertTrue(controlPlane.arn("by hand").isPresent(), "others made it");
        assertFalse(before.equals(controlPlane.arn("hr-fast").orElseThrow()));
        contains(
                Files.readString(policy),
                "hr-fast: " + controlPlane.arn("hr-fast").orElseThrow());
        contains(profiles("apply", "--prune=all"), "deleted by hand", "exit 0");
        contains(profiles("check"), "exit 0");
    }

    @Test
    void throttlingIsWaitedOutAndConflictsAreLookedInto() {
        controlPlane.throttle("ListInferenceProfiles", 3);
        controlPlane.throttle("CreateInferenceProfile", 2);
        controlPlane.conflict("CreateInferenceProfile", 1);
        controlPlane.createMeanwhile(new JsonObject()
                .put("inferenceProfileName", "sales-haiku")
                .put(
                        "modelSource",
                        new JsonObject()
                                .put(
                                        "copyFrom",
                                        "arn:aws:bedrock:us-east-1:111122223333:inference-profile/"
                                                + "us.anthropic.claude-3-5-haiku-20241022-v1:0"))
                .put("tags", new JsonArray()));
        String applied = profiles("apply");
        contains(applied, "tagged sales-haiku", "created hr-fast", "created legal-micro", "exit 0");
        assertEquals("sales", controlPlane.tags("sales-haiku").get("costCenter"));
        controlPlane.conflict("DeleteInferenceProfile", 1);
        contains(profiles("check"), "3 as declared", "exit 0");
    }

    @Test
    void aMissingPermissionIsNamedAndWhatWasDoneStays() {
        controlPlane.deny("ListTagsForResource");
        contains(profiles("apply"), "created sales-haiku", "exit 0");
        contains(
                profiles("check"),
                "expected the permission bedrock:ListTagsForResource, found AccessDeniedException: User: pod is not"
                        + " authorized",
                "exit 1");
        controlPlane.deny("CreateInferenceProfile");
        contains(profiles("apply", "--prune"), "exit 0");
    }

    @Test
    void authoritiesOfTheSettingAreTrusted() {
        Certificate certificate = Certificate.of("ip:127.0.0.1");
        SimulatedControlPlane secure = new SimulatedControlPlane(VERTX, "us-east-1", Optional.of(certificate));
        contains(
                profiles(settings("AWS_ENDPOINT_URL_BEDROCK", secure.url()), "apply"),
                "expected AWS to answer, found: ",
                "exit 1");
        contains(
                profiles(
                        settings(
                                "AWS_ENDPOINT_URL_BEDROCK",
                                secure.url(),
                                "TOLLGATE_UPSTREAM_CA_FILE",
                                certificate.certificate().toString()),
                        "apply"),
                "created sales-haiku",
                "exit 0");
        assertTrue(secure.arn("sales-haiku").isPresent());
    }

    @Test
    void anEmptiedPolicyPrunesNothing() throws IOException {
        contains(profiles("apply"), "created legal-micro", "exit 0");
        policy("# nothing left\n");
        contains(
                profiles("apply", "--prune"),
                "expected a profile declared in " + policy + ", found none: --prune would delete every profile",
                "exit 1");
        contains(profiles("list"), "legal-micro");
    }

    @Test
    void aliasesOfDeletedProfilesAreNamed() throws IOException {
        contains(profiles("apply", "--write"), "exit 0");
        policy(Files.readString(policy).replaceAll("(?m)^  - \\{ name: legal-micro.*\n", ""));
        contains(
                profiles("apply", "--prune", "--write"),
                "deleted legal-micro",
                "alias legal-micro still names a deleted profile: remove it from " + policy,
                "exit 0");
    }

    @Test
    void aProfileThatNeverBecomesActiveIsReported() {
        controlPlane.creatingFor(1_000_000);
        contains(profiles("apply", "--timeout", "1"), "not done: sales-haiku: still CREATING after 1 s", "exit 1");
    }

    @Test
    void mistakesAreFoundBeforeAwsIsAsked() throws IOException {
        policy(
                "profiles:\n- name: a\n  model: nova-lite\n  tags: { \"aws:x\": b, c: \"d#\" }\n- { name: a, model: n }\n");
        contains(
                profiles("apply"),
                "line 4: profiles[0].tags.aws:x: expected a tag key that does not begin with aws:, which AWS reserves,"
                        + " found \"aws:x\"",
                "line 4: profiles[0].tags.c: expected a tag value of 1 to 256 letters",
                "line 5: profiles[1].name: expected a name that no other profile has, found \"a\"",
                "exit 1");
        policy("profiles: [ { name: a, model: claude-3-5-hiku } ]");
        contains(profiles("plan"), "found \"claude-3-5-hiku\"; did you mean ", "claude-3-5-haiku", "exit 1");
        policy(
                "profiles: [ { name: a, model: \"arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0\" } ]");
        contains(profiles("plan"), "in us-east-1, found arn:aws:bedrock:eu-west-1", "exit 1");
        policy("aliases: { a: nova-lite }\nprofiles: [ { name: a, model: nova-lite } ]");
        contains(profiles("apply", "--write"), "expected alias a to be free for the profile", "exit 1");
        contains(profiles("apply", "--prune=everything"), "expected --prune to be no value or all", "exit 2");
        contains(profiles("plan", "--region", "../x"), "expected --region to be a region", "exit 2");
        contains(
                profiles(settings("TOLLGATE_POLICY_FILE", ""), "plan"), "expected a policy file in --policy", "exit 2");
        contains(profiles(settings("AWS_REGION", ""), "list"), "expected a region in --region", "exit 2");
        contains(profiles("plan", "--policy", "/none"), "expected a policy file at /none, found none", "exit 1");
        assertEquals(List.of(), controlPlane.operations());
    }

    @Test
    void whatStandsInTheWayOfAwsIsNamed() {
        contains(
                profiles(settings("AWS_ENDPOINT_URL_BEDROCK", "http://127.0.0.1:" + Ports.free()), "list"),
                "connection refused: nothing listens there",
                "exit 1");
        contains(
                profiles(settings("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + Ports.free()), "plan"),
                "expected the account's number from STS at 127.0.0.1, found: connection refused",
                "exit 1");
        contains(
                profiles(
                        settings(
                                "AWS_ACCESS_KEY_ID",
                                "",
                                "AWS_SECRET_ACCESS_KEY",
                                "",
                                "AWS_SHARED_CREDENTIALS_FILE",
                                "/none",
                                "AWS_CONFIG_FILE",
                                "/none"),
                        "list"),
                "expected AWS credentials in environment, profile, web identity, container or instance, found none",
                "exit 1");
        contains(
                profiles(settings("AWS_SECRET_ACCESS_KEY", "wrong"), "list"),
                "AWS refused: InvalidSignatureException",
                "exit 1");
    }

    @Test
    void aRegionHasProfilesAndGeographiesOfItsOwn() {
        SimulatedControlPlane dublin = new SimulatedControlPlane(VERTX, "eu-west-1");
        Map<String, String> settings = settings("AWS_ENDPOINT_URL_BEDROCK", dublin.url());
        String path = policy.toString();
        contains(
                profiles(settings, "plan", "--region", "eu-west-1"),
                "profile legal-micro: expected the ARN of a model, or of a profile of AWS's, in eu-west-1",
                "exit 1");
        settings.put(
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("profiles: [ { name: a, model: nova-lite, tags: { costCenter: x } } ]")
                        .toString());
        contains(
                profiles(settings, "apply", "--region", "eu-west-1"), "create from eu.amazon.nova-lite-v1:0", "exit 0");
        assertTrue(dublin.arn("a").orElseThrow().startsWith("arn:aws:bedrock:eu-west-1:"));
        assertTrue(Files.exists(Path.of(path)));
    }

    @Test
    void aliasesGoToAnotherFileIfOneIsGiven() throws IOException {
        Path other = folder.resolve("aliases.yaml");
        contains(profiles("apply", "--write=" + other), "wrote 3 aliases to " + other, "exit 0");
        assertEquals(POLICY, Files.readString(policy));
        contains(
                Files.readString(other),
                "aliases:\n",
                "  sales-haiku: " + controlPlane.arn("sales-haiku").orElseThrow() + "\n");
        contains(profiles("apply", "--write", other.toString()), "has these aliases already", "exit 0");
    }

    @Test
    void costAllocationTagsAreActivatedAndCostsShown() {
        costs.throttleOnce();
        String applied = profiles("apply", "--activate");
        contains(
                applied,
                "activated cost allocation tag costCenter",
                "activated cost allocation tag environment",
                "not activated: applicationId: TagKeysNotFoundException: Tag keys not found (Cost Explorer learns of a tag up"
                        + " to a day after",
                "exit 1");
        assertEquals(Set.of("costCenter", "environment"), costs.active());
        String shown = profiles("list", "--cost-explorer", "--since", "2026-11-01", "--until", "2026-11-27");
        contains(
                shown,
                "Cost Explorer, 2026-11-01 to 2026-11-26, unblended USD of services with Bedrock in their name",
                "  applicationId (not known yet)",
                "  costCenter (Active)",
                "    sales                                         12.250000",
                "    (no such tag)                                  0.500000",
                "exit 0");
        assertFalse(shown.contains("99.00") || shown.contains("111.25"), "other services do not count");
        assertEquals(
                new JsonObject().put("Start", "2026-11-01").put("End", "2026-11-27"),
                costs.queries().get(0).getJsonObject("TimePeriod"));
    }
}
