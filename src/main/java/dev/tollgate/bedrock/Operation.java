package dev.tollgate.bedrock;

/** The operations that Tollgate forwards. An operation that is not listed is not metered, and would bypass every budget. */
public enum Operation {
    CONVERSE("converse", Body.CONVERSE, Cost.TOKENS, false),
    CONVERSE_STREAM("converse-stream", Body.CONVERSE, Cost.TOKENS, true),
    INVOKE("invoke", Body.MODEL, Cost.TOKENS, false),
    INVOKE_STREAM("invoke-with-response-stream", Body.MODEL, Cost.TOKENS, true),
    COUNT_TOKENS("count-tokens", Body.JSON, Cost.FREE, false),
    BIDIRECTIONAL_STREAM("invoke-with-bidirectional-stream", Body.NONE, Cost.UNITS, true),
    APPLY_GUARDRAIL("apply-guardrail", Body.JSON, Cost.UNITS, false),
    GUARDRAIL_CHECKS("guardrail-checks", Body.JSON, Cost.UNITS, false),
    ASYNC_INVOKE_START("async-invoke", Body.JSON, Cost.UNITS, false),
    ASYNC_INVOKE_GET("async-invoke-get", Body.NONE, Cost.FREE, false),
    ASYNC_INVOKE_LIST("async-invoke-list", Body.NONE, Cost.FREE, false),
    CHAT_COMPLETIONS("chat-completions", Body.OPENAI, Cost.TOKENS, false),
    RESPONSES("responses", Body.OPENAI, Cost.TOKENS, false);

    /** How the body is read. */
    public enum Body {
        NONE,
        JSON,
        CONVERSE,
        MODEL,
        OPENAI
    }

    private enum Cost {
        FREE,
        TOKENS,
        UNITS
    }

    private final String label;
    private final Body body;
    private final Cost cost;
    private final boolean eventStream;

    Operation(String label, Body body, Cost cost, boolean eventStream) {
        this.label = label;
        this.body = body;
        this.cost = cost;
        this.eventStream = eventStream;
    }

    /** Name in metrics and records; of a model operation also the last part of its path. */
    public String label() {
        return label;
    }

    public Body body() {
        return body;
    }

    /** True if the call uses tokens; the others count as requests, and some by other units. */
    public boolean usesTokens() {
        return cost == Cost.TOKENS;
    }

    /** True if AWS charges nothing for the call. */
    public boolean free() {
        return cost == Cost.FREE;
    }

    /** True if a good answer reports its usage. */
    public boolean metered() {
        return usesTokens() || this == APPLY_GUARDRAIL;
    }

    /** True if a good answer is an {@code application/vnd.amazon.eventstream}. */
    public boolean eventStream() {
        return eventStream;
    }

    /** True if the body, not the path, names the model. */
    public boolean modelInBody() {
        return body == Body.OPENAI || this == ASYNC_INVOKE_START;
    }
}
