package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaxTokensTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "none",
            value = {
                "CONVERSE | amazon.nova-lite-v1:0 | {'messages':[]} | {'inferenceConfig':{'maxTokens':7},'messages':[]}",
                "CONVERSE | amazon.nova-lite-v1:0 | {'inferenceConfig':{'temperature':1}} | {'inferenceConfig':{'maxTokens':7,'temperature':1}}",
                "CONVERSE | amazon.nova-lite-v1:0 | {'inferenceConfig': {} } | {'inferenceConfig': {'maxTokens':7} }",
                "CONVERSE | amazon.nova-lite-v1:0 | {'inferenceConfig':{'maxTokens':5}} | none",
                "CONVERSE | amazon.nova-lite-v1:0 | {'inferenceConfig':null,'system':[]} | none",
                // Not a member of Converse: text that means nothing.
                "CONVERSE | amazon.nova-lite-v1:0 | {'max_tokens':5} | {'inferenceConfig':{'maxTokens':7},'max_tokens':5}",
                "CONVERSE_STREAM | imported | { 'messages':[]} | {'inferenceConfig':{'maxTokens':7}, 'messages':[]}",
                "INVOKE | anthropic.claude-sonnet-4-5-v1:0 | {'messages':[]} | {'max_tokens':7,'messages':[]}",
                "INVOKE | anthropic.claude-sonnet-4-5-v1:0 | {'max_tokens':5} | none",
                "INVOKE_STREAM | amazon.nova-lite-v1:0 | {'inferenceConfig':{'topP':1}} | {'inferenceConfig':{'maxTokens':7,'topP':1}}",
                "INVOKE | amazon.nova-lite-v1:0 | {'inferenceConfig':{'max_new_tokens':5}} | none",
                "INVOKE | amazon.titan-text-lite-v1 | {'inputText':'a'} | {'textGenerationConfig':{'maxTokenCount':7},'inputText':'a'}",
                "INVOKE | meta.llama3-8b-instruct-v1:0 | {'prompt':'a'} | {'max_gen_len':7,'prompt':'a'}",
                "INVOKE | mistral.mistral-large-2402-v1:0 | {'prompt':'a'} | {'max_tokens':7,'prompt':'a'}",
                "INVOKE | arn:aws:bedrock:us-east-1:1:imported-model/x | {'prompt':'a'} | none",
                "CHAT_COMPLETIONS | openai.gpt-oss-20b-1:0 | {'model':'m'} | {'max_completion_tokens':7,'model':'m'}",
                "CHAT_COMPLETIONS | openai.gpt-oss-20b-1:0 | {'model':'m','max_tokens':5} | none",
                "RESPONSES | openai.gpt-oss-20b-1:0 | {'model':'m'} | {'max_output_tokens':7,'model':'m'}",
                "CONVERSE | amazon.nova-lite-v1:0 | {} | none",
                "CONVERSE | amazon.nova-lite-v1:0 | {'inferenceConfig':{'topP':1,'maxTokens': null},'a':1} | {'inferenceConfig':{'topP':1,'maxTokens': 7},'a':1}",
                "CONVERSE | amazon.nova-lite-v1:0 | {'inferenceConfig':{'maxTokens':'9000'}} | none",
                "INVOKE | anthropic.claude-3-haiku-20240307-v1:0 | {'max_tokens':null,'messages':[]} | {'max_tokens':7,'messages':[]}",
                "INVOKE | anthropic.claude-3-haiku-20240307-v1:0 | {'max_tokens':'4000','messages':[]} | none",
                "CHAT_COMPLETIONS | openai.gpt-oss-20b-1:0 | {'model':'m','max_completion_tokens':null} | {'model':'m','max_completion_tokens':7}",
                "CHAT_COMPLETIONS | openai.gpt-oss-20b-1:0 | {'model':'m','max_tokens':null} | {'max_completion_tokens':7,'model':'m','max_tokens':null}",
            })
    void aMaximumIsWrittenToTheSchemasOwnPlace(Operation operation, String model, String body, String expected) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ModelTarget target = ModelTarget.of(ModelId.parse(model), Optional.empty());
        RequestFacts facts = RequestReader.read(operation, bytes, name -> null);
        Optional<MaxTokens> bounded = MaxTokens.of(operation, target, facts, 7);
        assertEquals(Optional.ofNullable(expected).map(e -> e.replace('\'', '"')), bounded.map(b -> applied(bytes, b)));
        bounded.ifPresent(b -> {
            BodySchema schema = BodySchema.of(operation, target);
            assertEquals(OptionalLong.of(7), schema.maxTokens(b.facts()));
            byte[] changed = applied(bytes, b).getBytes(StandardCharsets.UTF_8);
            assertEquals(OptionalLong.of(7), schema.maxTokens(RequestReader.read(operation, changed, name -> null)));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'additionalModelRequestFields':{'max_tokens':9000}}",
                "{'additionalModelRequestFields':{'max_new_tokens':9000}}",
                "{'additionalModelRequestFields':{'inferenceConfig':{'max_new_tokens':9000}},'inferenceConfig':{}}"
            })
    void aModelsOwnMaximumCountsBesideTheOneThatIsWritten(String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        ModelTarget target = ModelTarget.of(ModelId.parse("amazon.nova-lite-v1:0"), Optional.empty());
        RequestFacts facts = RequestReader.read(Operation.CONVERSE, bytes, name -> null);
        RequestFacts written =
                MaxTokens.of(Operation.CONVERSE, target, facts, 7).orElseThrow().facts();
        assertEquals(OptionalLong.of(9000), BodySchema.CONVERSE.maxTokens(written));
    }

    private static String applied(byte[] body, MaxTokens bounded) {
        Splice change = bounded.change();
        String text = new String(body, StandardCharsets.UTF_8);
        return text.substring(0, change.start())
                + new String(change.inserted(), StandardCharsets.UTF_8)
                + text.substring(change.end());
    }
}
