package dev.tollgate.bedrock;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.List;

/**
 * Reads the body of ApplyGuardrail. Which policies a guardrail has lies on the server, so each of them is taken to examine
 * every text unit; the answer then reports what each really examined.
 */
final class GuardrailBody {

    /** Policies that are charged by the text unit. */
    static final List<Unit> TEXT_POLICIES =
            List.of(Unit.TOPIC_TEXT, Unit.CONTENT_TEXT, Unit.SENSITIVE_TEXT, Unit.GROUNDING_TEXT, Unit.REASONING_TEXT);

    private static final long UNIT_CHARACTERS = 1000;

    private final JsonParser in;
    private final FactsBuilder facts;
    private long textUnits;
    private long images;

    GuardrailBody(JsonParser in, FactsBuilder facts) {
        this.in = in;
        this.facts = facts;
    }

    void member(String name) throws IOException {
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
                    textUnits += (facts.stringBytes() + UNIT_CHARACTERS - 1) / UNIT_CHARACTERS;
                }
            });
        }
    }

    /** After the last member. */
    void end() {
        TEXT_POLICIES.forEach(policy -> facts.buy(Purchase.of(policy, textUnits)));
        facts.buy(Purchase.of(Unit.CONTENT_IMAGE, images));
    }
}
