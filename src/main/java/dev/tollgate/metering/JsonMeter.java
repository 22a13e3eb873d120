package dev.tollgate.metering;

import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.Usage;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;

/** Meters one JSON body. */
final class JsonMeter implements Meter {

    private final Document document = new Document(new Tally(false));
    private final long contentLength;

    /** @param contentLength of the decoded body, in bytes; 0 if not known */
    JsonMeter(long contentLength) {
        this.contentLength = contentLength;
    }

    // The only look at a buffer's bytes that does not copy them.
    @Override
    @SuppressWarnings("deprecation")
    public void accept(Buffer bytes) {
        ByteBuf chunk = bytes.getByteBuf();
        if (chunk.hasArray()) {
            int from = chunk.arrayOffset() + chunk.readerIndex();
            document.accept(chunk.array(), from, from + chunk.readableBytes());
        } else {
            document.accept(bytes.getBytes(), 0, bytes.length());
        }
    }

    @Override
    public boolean refused() {
        return document.error() && document.metered().usage().isEmpty();
    }

    /** A body that breaks off was written by the model in full, so all of its length counts as output. */
    @Override
    public Metered metered() {
        Metered so = document.metered();
        if (so.usage().isPresent() || !document.open()) {
            return so;
        }
        Usage passed = so.passed();
        long output = Math.max(passed.output(), (contentLength + 2) / 3);
        Usage whole =
                new Usage(passed.input(), output, passed.cacheRead(), passed.cacheWrite5m(), passed.cacheWrite1h());
        return new Metered(so.usage(), whole, so.tier(), so.optimized(), so.purchases());
    }
}
