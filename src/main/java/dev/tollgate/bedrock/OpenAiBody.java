package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Reads the bodies of {@code /openai/v1/chat/completions} and {@code /openai/v1/responses}. */
final class OpenAiBody implements BodyReader {

    private final JsonParser in;
    private final FactsBuilder facts;
    private final ContentBlocks blocks;
    private final boolean responses;

    OpenAiBody(JsonParser in, FactsBuilder facts, boolean responses) {
        this.in = in;
        this.facts = facts;
        this.blocks = new ContentBlocks(in, facts);
        this.responses = responses;
    }

    @Override
    public void member(String name) throws IOException {
        switch (name) {
            case "model" -> facts.model(name);
            case "service_tier" -> {
                facts.once(name);
                facts.tier(facts.word());
            }
            case "tools" -> tools(name);
            default -> {
                if (responses) {
                    responses(name);
                } else {
                    chat(name);
                }
            }
        }
    }

    private void chat(String name) throws IOException {
        switch (name) {
            case "messages" -> {
                facts.once(name);
                blocks.messages();
            }
            case "max_tokens", "max_completion_tokens", "n" -> facts.number(name);
            case "functions" -> facts.tools(Walk.count(in));
            case "web_search_options" -> facts.onServer();
            default -> {}
        }
    }

    private void responses(String name) throws IOException {
        switch (name) {
            case "input" -> {
                facts.once(name);
                blocks.blocks();
            }
            case "max_output_tokens" -> facts.number(name);
            case "previous_response_id", "conversation", "prompt" -> {
                if (in.currentToken() != JsonToken.VALUE_NULL) {
                    facts.onServer();
                }
            }
            default -> {}
        }
    }

    /** Tools other than functions run on the server and add what they find to the prompt. */
    private void tools(String name) throws IOException {
        facts.once(name);
        Walk.elements(in, () -> {
            facts.tools(1);
            Walk.members(in, inner -> {
                if (inner.equals("type")
                        && !facts.word().equals("function")
                        && !facts.word().equals("custom")) {
                    facts.onServer();
                }
            });
        });
    }
}
