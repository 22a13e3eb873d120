package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * Reads the content blocks of messages: the keyed ones of Converse and Nova ({@code {"image": {"source": ...}}}), and the
 * typed ones of Anthropic, chat completions and responses ({@code {"type": "image", ...}}). Media is media only in these
 * places; all else, such as a tool's input, is text.
 */
final class ContentBlocks {

    private static final int MAX_DEPTH = 4;

    private final JsonParser in;
    private final FactsBuilder facts;

    ContentBlocks(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
    }

    /** What one block turned out to be; a type and its source come in any order. */
    private static final class Block {
        private boolean image;
        private boolean document;
        private boolean opaque;
        private boolean text;
    }

    /** Reads {@code messages}: objects whose {@code content} is text or blocks. */
    void messages() throws IOException {
        Walk.elements(
                in,
                () -> Walk.members(in, name -> {
                    if (name.equals("content")) {
                        blocks(0);
                    }
                }));
    }

    /** Reads an array of blocks; text in its place means nothing here. */
    void blocks() throws IOException {
        blocks(0);
    }

    private void blocks(int depth) throws IOException {
        if (depth < MAX_DEPTH) {
            Walk.elements(in, () -> block(depth));
        }
    }

    private void block(int depth) throws IOException {
        Block block = new Block();
        Walk.members(in, name -> member(block, name, depth));
        if (block.image) {
            facts.image();
        }
        // A document whose source is text is no more than its text.
        if (block.document && (block.opaque || !block.text)) {
            facts.document();
        }
    }

    private void member(Block block, String name, int depth) throws IOException {
        switch (name) {
            case "type" -> type(block, facts.word());
            case "image", "document", "video", "audio" -> keyed(block, name, depth);
            case "source" -> source(block, depth);
            case "image_url", "input_audio", "file" -> carrier(block, name);
            case "file_data" -> media(block);
            case "content", "output" -> blocks(depth + 1);
            case "toolResult", "guardContent" -> Walk.members(in, inner -> nested(block, inner, depth));
            case "cachePoint", "cache_control" -> facts.cacheWrite();
            case "toolAddition" -> facts.tools(1);
            default -> {}
        }
    }

    private void type(Block block, String type) {
        switch (type) {
            case "image", "image_url", "input_image" -> block.image = true;
            case "document", "video", "audio", "input_audio", "input_file", "file" -> block.document = true;
            case "item_reference" -> facts.onServer();
            default -> {}
        }
    }

    private void keyed(Block block, String name, int depth) throws IOException {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        block.image |= name.equals("image");
        block.document |= !name.equals("image");
        Walk.members(in, inner -> {
            if (inner.equals("source")) {
                source(block, depth);
            }
        });
    }

    private void nested(Block block, String name, int depth) throws IOException {
        if (name.equals("content")) {
            blocks(depth + 1);
        } else if (name.equals("image")) {
            keyed(block, name, depth);
        }
    }

    /** The source of an image or document; {@code data} is text if the source's type says so, in either order. */
    private void source(Block block, int depth) throws IOException {
        int[] data = {0};
        boolean[] plain = {false};
        Walk.members(in, name -> {
            switch (name) {
                case "type" -> plain[0] = facts.word().equals("text");
                case "data" -> data[0] += facts.stringBytes();
                case "bytes" -> media(block);
                case "url", "s3Location", "file_id" -> block.opaque = true;
                case "text" -> block.text = true;
                case "content" -> {
                    block.text = true;
                    blocks(depth + 1);
                }
                default -> {}
            }
        });
        if (plain[0]) {
            block.text = true;
        } else if (data[0] > 0) {
            block.opaque = true;
            facts.media(data[0]);
        }
    }

    /** The parts of chat completions that hold media: an object with a URL, data or a file, or the URL itself. */
    private void carrier(Block block, String name) throws IOException {
        block.image |= name.equals("image_url");
        block.document |= !name.equals("image_url");
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            media(block);
        }
        Walk.members(in, inner -> {
            if (inner.equals("url") || inner.equals("data") || inner.equals("file_data")) {
                media(block);
            }
        });
    }

    private void media(Block block) {
        block.opaque = true;
        facts.media(facts.stringBytes());
    }
}
