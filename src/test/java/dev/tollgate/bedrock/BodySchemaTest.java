package dev.tollgate.bedrock;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodySchemaTest {

    private static BodySchema schema(Operation operation, String model) {
        return BodySchema.of(operation, ModelTarget.of(ModelId.parse(model), Optional.empty()));
    }

    private static RequestFacts facts(Operation operation, String json) {
        return RequestReader.read(operation, json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), name -> null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CONVERSE|us.amazon.nova-lite-v1:0|{'inferenceConfig':{'maxTokens':77}}|77",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'max_tokens':1}|-1",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'max_tokens':1,'inferenceConfig':{'maxTokens':77,'max_new_tokens':999}}|77",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'additionalModelRequestFields':{'max_tokens':900},'inferenceConfig':{'maxTokens':77}}|900",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'additionalModelRequestFields':{'max_tokens':1},'inferenceConfig':{'maxTokens':77}}|77",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'additionalModelRequestFields':{'max_tokens':1}}|-1",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'toolConfig':{'maxTokens':1},'messages':[{'maxTokens':1,'content':[{'toolUse':{'input':{'inferenceConfig':{'maxTokens':1}}}}]}]}|-1",
                "INVOKE|us.anthropic.claude-sonnet-4-5-20250929-v1:0|{'max_tokens':77}|77",
                "INVOKE|us.anthropic.claude-sonnet-4-5-20250929-v1:0|{'max_completion_tokens':1,'inferenceConfig':{'maxTokens':1},'max_gen_len':1}|-1",
                "INVOKE|anthropic.claude-v2:1|{'max_tokens_to_sample':77}|77",
                "INVOKE|us.amazon.nova-lite-v1:0|{'inferenceConfig':{'max_new_tokens':77}}|77",
                "INVOKE|us.amazon.nova-lite-v1:0|{'inferenceConfig':{'maxTokens':7,'max_new_tokens':77}}|77",
                "INVOKE|us.amazon.nova-lite-v1:0|{'max_tokens':1,'textGenerationConfig':{'maxTokenCount':1}}|-1",
                "INVOKE|amazon.titan-text-express-v1|{'textGenerationConfig':{'maxTokenCount':77}}|77",
                "INVOKE|amazon.titan-text-express-v1|{'inferenceConfig':{'maxTokenCount':1},'textGenerationConfig':{'maxTokens':1}}|-1",
                "INVOKE|meta.llama3-1-8b-instruct-v1:0|{'max_gen_len':77,'max_tokens':1}|77",
                "INVOKE|mistral.mistral-7b-instruct-v0:2|{'max_tokens':77}|77",
                "INVOKE|cohere.command-r-v1:0|{'max_tokens':77}|77",
                "INVOKE|ai21.jamba-1-5-mini-v1:0|{'max_tokens':77}|77",
                "INVOKE|openai.gpt-oss-20b-1:0|{'max_tokens':7,'max_completion_tokens':77}|77",
                "CHAT_COMPLETIONS|openai.gpt-oss-20b-1:0|{'max_tokens':77,'max_completion_tokens':7}|77",
                "CHAT_COMPLETIONS|openai.gpt-oss-20b-1:0|{'max_output_tokens':7}|-1",
                "RESPONSES|openai.gpt-oss-20b-1:0|{'max_output_tokens':77,'max_tokens':1}|77",
                "INVOKE|arn:aws:bedrock:us-east-1:1:imported-model/x|{'max_gen_len':7,'max_tokens':77}|77",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'inferenceConfig':{'maxTokens':76.2}}|77",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'inferenceConfig':{'maxTokens':'1'}}|-1",
                "CONVERSE|us.amazon.nova-lite-v1:0|{'inferenceConfig':{'maxTokens':99999999999999999999}}|9223372036854775807"
            })
    void readsAMaximumAtItsOwnPlaceOnly(Operation operation, String model, String json, long expected) {
        assertEquals(
                expected,
                schema(operation, model).maxTokens(facts(operation, json)).orElse(-1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CHAT_COMPLETIONS|openai.gpt-oss-20b-1:0|{'n':3}|3",
                "CONVERSE|openai.gpt-oss-20b-1:0|{'n':3}|1",
                "INVOKE|us.anthropic.claude-opus-5|{'n':3,'num_generations':4}|1",
                "INVOKE|cohere.command-text-v14|{'num_generations':4}|4",
                "INVOKE|ai21.j2-mid-v1|{'numResults':4}|4",
                "INVOKE|openai.gpt-oss-20b-1:0|{'n':0}|1"
            })
    void countsTheAnswersThatTheFamilyKnows(Operation operation, String model, String json, long expected) {
        assertEquals(expected, schema(operation, model).choices(facts(operation, json)));
    }
}
