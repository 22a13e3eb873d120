package dev.tollgate.metering;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.async.ByteArrayFeeder;
import dev.tollgate.bedrock.Usage;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Usage out of one JSON body, parsed piece by piece. */
final class JsonMeter implements Meter {

    static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(500)
                    .maxStringLength(64 * 1024 * 1024)
                    .build())
            .build();

    private final UsageFields fields = new UsageFields();
    private final JsonParser parser;
    private boolean broken;

    JsonMeter() {
        try {
            parser = JSON.createNonBlockingByteArrayParser();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void accept(Buffer bytes) {
        if (broken) {
            return;
        }
        try {
            byte[] piece = bytes.getBytes();
            ((ByteArrayFeeder) parser.getNonBlockingInputFeeder()).feedInput(piece, 0, piece.length);
            JsonToken token;
            while ((token = parser.nextToken()) != null && token != JsonToken.NOT_AVAILABLE) {
                fields.token(parser, token);
            }
        } catch (IOException e) {
            broken = true;
        }
    }

    @Override
    public Optional<Usage> usage() {
        return fields.usage();
    }
}
