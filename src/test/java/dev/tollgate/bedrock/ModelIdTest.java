package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelIdTest {

    @ParameterizedTest
    @CsvSource({
        "amazon.nova-lite-v1:0,'',amazon.nova-lite-v1:0,amazon.nova-lite-v1:0",
        "us.amazon.nova-lite-v1:0,us,amazon.nova-lite-v1:0,us.amazon.nova-lite-v1:0",
        "mx.anthropic.claude-opus-5,mx,anthropic.claude-opus-5,mx.anthropic.claude-opus-5",
        "new-place.amazon.nova-lite-v1:0,new-place,amazon.nova-lite-v1:0,new-place.amazon.nova-lite-v1:0",
        "a.b.anthropic.claude-opus-5,a.b,anthropic.claude-opus-5,a.b.anthropic.claude-opus-5",
        "arn:aws:bedrock:mx-central-1:1:inference-profile/mx.anthropic.claude-opus-5,mx,anthropic.claude-opus-5,mx.anthropic.claude-opus-5",
        "us.newcomer.model-1.5,us,newcomer.model-1.5,us.newcomer.model-1.5",
        "newcomer.model-1.5,'',newcomer.model-1.5,newcomer.model-1.5",
        "openai.gpt-5.4,'',openai.gpt-5.4,openai.gpt-5.4",
        "global.anthropic.claude-opus-5,global,anthropic.claude-opus-5,global.anthropic.claude-opus-5",
        "us-gov.anthropic.claude-opus-5,us-gov,anthropic.claude-opus-5,us-gov.anthropic.claude-opus-5",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0,'',amazon.nova-pro-v1:0,amazon.nova-pro-v1:0",
        "arn:aws:bedrock:eu-west-1:1:inference-profile/eu.amazon.nova-pro-v1:0,eu,amazon.nova-pro-v1:0,eu.amazon.nova-pro-v1:0",
        "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc,'',,abc",
        "arn:aws:bedrock:us-east-1:1:provisioned-model/xyz,'',,xyz",
        "arn:aws:bedrock:us-east-1:1:custom-model-deployment/xyz,'',,xyz",
        "arn:aws:bedrock:us-east-1:1:imported-model/xyz,'',,xyz",
        "arn:aws:bedrock:us-east-1:1:prompt/P1:2,'',,P1:2",
        "arn:aws:bedrock:us-east-1:1:default-prompt-router/anthropic.claude:1,'',,anthropic.claude:1"
    })
    void readsEveryForm(String id, String scope, String model, String metricId) {
        ModelId parsed = ModelId.parse(id);
        assertEquals(scope, parsed.scope());
        assertEquals(Optional.ofNullable(model), parsed.model());
        assertEquals(metricId, parsed.metricId());
        assertEquals(id, parsed.id());
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-sonnet-4-5-20250929-v1:0,claude-sonnet-4-5",
        "amazon.nova-lite-v1:0,nova-lite",
        "amazon.nova-lite-v1:0:300k,nova-lite",
        "anthropic.claude-opus-5-5,claude-opus-5-5",
        "mistral.mistral-7b-instruct-v0:2,mistral-7b-instruct",
        "cohere.command-r-plus-v1:0,command-r-plus",
        "odd,odd"
    })
    void familiesLeaveOutProviderDateAndVersion(String model, String family) {
        assertEquals(family, ModelId.family(model));
    }
}
