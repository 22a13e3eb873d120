package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Reads the body of Converse and ConverseStream by their schema (AWS API description, ConverseRequest). */
final class ConverseBody implements BodyReader {

    /** Place of the largest maximum that a model's own fields name. */
    static final String ADDITIONAL_MAX = "additionalModelRequestFields.max";

    private final JsonParser in;
    private final FactsBuilder facts;
    private final ContentBlocks blocks;
    private long additionalMax = -1;

    ConverseBody(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
        this.blocks = new ContentBlocks(in, facts);
    }

    @Override
    public void member(String name) throws IOException {
        switch (name) {
            case "messages" -> {
                facts.once(name);
                blocks.messages();
            }
            case "system" -> {
                facts.once(name);
                blocks.blocks();
            }
            case "inferenceConfig" -> inferenceConfig(name);
            case "toolConfig" -> toolConfig(name);
            case "serviceTier" -> only(name, "type", () -> facts.tier(facts.word()));
            case "performanceConfig" -> only(name, "latency", () -> facts.latency(facts.word()));
            case "guardrailConfig" -> facts.guarded();
            case "requestMetadata" -> facts.metadata();
            case "additionalModelRequestFields" -> additional(name);
            default -> {}
        }
    }

    /** The model can obey its own field as well as Converse's, so the larger counts. */
    @Override
    public void end() {
        facts.raise("inferenceConfig.maxTokens", additionalMax);
        if (additionalMax >= 0) {
            facts.keep(ADDITIONAL_MAX, additionalMax);
        }
    }

    private void only(String name, String member, Walk.Element value) throws IOException {
        facts.once(name);
        Walk.members(in, inner -> {
            if (inner.equals(member)) {
                facts.once(member);
                value.at();
            }
        });
    }

    private void inferenceConfig(String name) throws IOException {
        facts.object(name, inner -> {
            if (inner.equals("maxTokens")) {
                facts.number("inferenceConfig.maxTokens");
            }
        });
    }

    private void toolConfig(String name) throws IOException {
        facts.once(name);
        Walk.members(in, inner -> {
            if (inner.equals("tools")) {
                Walk.elements(in, () -> {
                    facts.tools(1);
                    Walk.members(in, this::tool);
                });
            }
        });
    }

    /** A system tool runs on the server and adds what it finds to the prompt. */
    private void tool(String member) {
        if (member.equals("systemTool")) {
            facts.onServer();
        } else if (member.equals("cachePoint")) {
            facts.cacheWrite();
        }
    }

    /** The model's own fields: tools such as computer use, and maxima that can override Converse's. */
    private void additional(String name) throws IOException {
        facts.once(name);
        Walk.members(in, inner -> {
            switch (inner) {
                case "tools" -> facts.tools(Walk.count(in));
                case "max_tokens",
                        "max_completion_tokens",
                        "max_output_tokens",
                        "max_gen_len",
                        "max_new_tokens",
                        "max_tokens_to_sample",
                        "maxTokens",
                        "maxTokenCount" -> additionalMax = Math.max(additionalMax, facts.longValue());
                case "inferenceConfig", "textGenerationConfig" ->
                    Walk.members(in, deep -> {
                        if (deep.startsWith("max")) {
                            additionalMax = Math.max(additionalMax, facts.longValue());
                        }
                    });
                default -> {}
            }
        });
    }
}
