package dev.tollgate.pricing;

import dev.tollgate.bedrock.Purchase;
import dev.tollgate.bedrock.RequestFacts;
import java.util.List;

/**
 * What the guardrail of a model call may cost. Bedrock charges it beside the tokens, but an answer reports its units only
 * if the request enables the trace, so without one all policies are taken to have examined all text.
 */
final class GuardedCall {

    private static final long CHARACTERS_PER_TOKEN = 4;

    private GuardedCall() {}

    /** The most that a guardrail examines of a call; nothing if it has none. */
    static List<Purchase> atMost(RequestFacts facts, long outputTokens) {
        if (!facts.options().guarded()) {
            return List.of();
        }
        long units =
                Purchase.textUnits(facts.input().textBytes()) + Purchase.textUnits(outputTokens * CHARACTERS_PER_TOKEN);
        return Purchase.guardrail(units, facts.input().images());
    }
}
