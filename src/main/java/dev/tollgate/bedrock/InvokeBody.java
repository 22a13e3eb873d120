package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Reads the body of InvokeModel. The family is not known yet, so every family's places are read, and {@link BodySchema}
 * chooses among the numbers later.
 */
final class InvokeBody implements BodyReader {

    private static final int CHUNK_BYTES = 1690;
    private static final long CHUNKS_PER_QUERY = 100;

    private final JsonParser in;
    private final FactsBuilder facts;
    private final ContentBlocks blocks;
    private final GeneratedMedia generated;
    private long chunks;
    private boolean query;

    InvokeBody(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
        this.blocks = new ContentBlocks(in, facts);
        this.generated = new GeneratedMedia(in, facts);
    }

    @Override
    public void member(String name) throws IOException {
        switch (name) {
            case "max_tokens", "max_completion_tokens", "max_tokens_to_sample", "max_gen_len", "maxTokens" ->
                facts.number(name);
            case "n", "num_generations", "numResults" -> facts.number(name);
            case "messages", "inputs" -> {
                facts.once(name);
                blocks.messages();
            }
            case "system" -> {
                facts.once(name);
                blocks.blocks();
            }
            case "inferenceConfig", "textGenerationConfig" -> configuration(name);
            case "tools" -> tools(name);
            case "toolConfig" ->
                Walk.members(in, inner -> {
                    if (inner.equals("tools")) {
                        tools("toolConfig.tools");
                    }
                });
            case "cache_control" -> facts.cacheWrite();
            default -> embeddingOrRerank(name);
        }
    }

    private void configuration(String name) throws IOException {
        boolean inference = name.equals("inferenceConfig");
        facts.object(name, inner -> {
            if (inference && inner.equals("maxTokens")) {
                facts.number("inferenceConfig.maxTokens");
            } else if (inference && inner.equals("max_new_tokens")) {
                facts.number("inferenceConfig.max_new_tokens");
            } else if (!inference && inner.equals("maxTokenCount")) {
                facts.number("textGenerationConfig.maxTokenCount");
            }
        });
    }

    private void tools(String place) throws IOException {
        facts.once(place);
        Walk.elements(in, () -> {
            facts.tools(1);
            Walk.members(in, inner -> {
                if (inner.equals("cache_control") || inner.equals("cachePoint")) {
                    facts.cacheWrite();
                }
            });
        });
    }

    private void embeddingOrRerank(String name) throws IOException {
        switch (name) {
            case "query" -> query = true;
            case "documents" -> {
                facts.once(name);
                Walk.elements(in, this::document);
            }
            case "inputImage" -> image();
            case "images" -> {
                facts.once(name);
                Walk.elements(in, this::image);
            }
            case "singleEmbeddingParams" -> Walk.members(in, this::embeddingParameter);
            case "mediaSource" -> facts.buyUnmeasured(Unit.INPUT_SECOND);
            default -> generated.image(name);
        }
    }

    /** A document longer than 512 tokens counts as several chunks (Amazon Bedrock pricing, rerank). */
    private void document() throws IOException {
        int[] bytes = {facts.stringBytes()};
        Walk.members(in, name -> bytes[0] += facts.stringBytes());
        chunks += Math.max(1, (bytes[0] + CHUNK_BYTES - 1) / CHUNK_BYTES);
    }

    private void image() {
        if (facts.stringBytes() > 0) {
            facts.media(facts.stringBytes());
            facts.image();
        }
    }

    private void embeddingParameter(String name) throws IOException {
        if (name.equals("video") || name.equals("audio")) {
            facts.buyUnmeasured(Unit.INPUT_SECOND);
        } else if (name.equals("image")) {
            facts.image();
            Walk.members(
                    in,
                    inner -> Walk.members(in, deep -> {
                        if (deep.equals("bytes")) {
                            facts.media(facts.stringBytes());
                        }
                    }));
        }
    }

    @Override
    public void end() {
        if (query && chunks > 0) {
            facts.buy(Purchase.of(Unit.QUERY, (chunks + CHUNKS_PER_QUERY - 1) / CHUNKS_PER_QUERY));
        }
        facts.buy(Purchase.of(Unit.INPUT_IMAGE, facts.images()));
        generated.endImage();
    }
}
