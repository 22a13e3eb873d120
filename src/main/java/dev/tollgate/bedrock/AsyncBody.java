package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** Reads the body of StartAsyncInvoke: the model, and how much video is requested. */
final class AsyncBody implements BodyReader {

    private final JsonParser in;
    private final FactsBuilder facts;
    private final GeneratedMedia media;

    AsyncBody(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
        this.media = new GeneratedMedia(in, facts);
    }

    @Override
    public void member(String name) throws IOException {
        if (name.equals("modelId")) {
            facts.model(name);
        } else if (name.equals("modelInput")) {
            facts.once(name);
            Walk.members(in, media::video);
        }
    }

    @Override
    public void end() {
        media.endVideo();
    }
}
