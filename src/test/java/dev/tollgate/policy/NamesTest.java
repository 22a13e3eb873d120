package dev.tollgate.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.bedrock.ModelNames;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.bedrock.ProfilePrefix;
import dev.tollgate.tenant.Caller;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    private static final String PROFILE = "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abc123";
    private static final Policy POLICY = PolicyReader.read("""
            aliases:
              chat: nova-lite
              nova-micro: us.amazon.nova-pro-v1:0
              sales: %s
            profiles: { abc123: us.amazon.nova-lite-v1:0 }
            limits: []
            """.formatted(PROFILE), 1);
    private static final Caller ANYBODY = new Caller("acme", "web", "other", "prod", Caller.NO_USER);
    private static final Caller SALES = new Caller("acme", "web", "sales", "prod", Caller.NO_USER);

    private final Names names = new Names(
            () -> POLICY,
            ModelNames.of(
                    List.of("amazon.nova-lite", "amazon.nova-micro"),
                    new ProfilePrefix(ProfilePrefix.AUTO, Optional.of("us-east-1"))),
            ProfileModels.NONE);

    private String id(String named, Caller caller) {
        return names.resolve(named, caller).result().sendId();
    }

    @Test
    void anAliasOfThePolicyHidesABuiltInNameAndMayStandForOne() {
        assertEquals("us.amazon.nova-pro-v1:0", id("nova-micro", ANYBODY));
        assertEquals("amazon.nova-lite-v1:0", id("chat", ANYBODY));
        assertEquals("amazon.nova-lite-v1:0", id("nova-lite", ANYBODY));
        assertEquals("nova-lite", names.resolve("chat").result().name());
        assertEquals("us.amazon.nova-pro-v1:0", names.all().get("nova-micro"));
        assertEquals("amazon.nova-lite-v1:0", names.all().get("chat"));
    }

    @Test
    void aCostCentersProfileIsUsedForBuiltInNamesToo() {
        assertEquals(PROFILE, id("nova-lite", SALES));
        assertEquals(PROFILE, id("sales", ANYBODY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chat",
                "nova-lite",
                "amazon.nova-lite",
                "abc123",
                PROFILE,
                "amazon.nova-lite-v1:0",
                "eu.amazon.nova-9-v1:0",
                "newcomer.first-v1:0"
            })
    void whatHasANameOrTheFormOfAnIdentifierMayNameAModel(String text) {
        assertTrue(names.mayNameAModel(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nova-lyte", "gpt", "", "nova-lite."})
    void otherTextNamesNone(String text) {
        assertFalse(names.mayNameAModel(text));
    }
}
