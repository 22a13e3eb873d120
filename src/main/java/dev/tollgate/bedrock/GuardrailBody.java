package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Reads the body of ApplyGuardrail. The guardrail's policies are configured on the server, so each of them is
 * assumed to examine every text unit; the answer reports what each really examined.
 */
final class GuardrailBody implements BodyReader {

    private final JsonParser in;
    private final FactsBuilder facts;
    private long textUnits;
    private long images;

    GuardrailBody(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
    }

    @Override
    public void member(String name) throws IOException {
        if (name.equals("content")) {
            facts.once(name);
            Walk.elements(in, () -> Walk.members(in, this::block));
        }
    }

    private void block(String kind) throws IOException {
        if (kind.equals("image")) {
            images++;
        } else if (kind.equals("text")) {
            Walk.members(in, inner -> {
                if (inner.equals("text")) {
                    textUnits += Purchase.textUnits(facts.stringBytes());
                }
            });
        }
    }

    @Override
    public void end() {
        Purchase.guardrail(Math.max(1, textUnits), images).forEach(facts::buy);
    }
}
