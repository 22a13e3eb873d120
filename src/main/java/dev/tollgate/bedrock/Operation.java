package dev.tollgate.bedrock;

/** The operations that may pass. What is not listed here is not metered, and would be a hole in every budget. */
public enum Operation {
    CONVERSE("converse", Body.CONVERSE, true, false),
    CONVERSE_STREAM("converse-stream", Body.CONVERSE, true, true),
    INVOKE("invoke", Body.MODEL, true, false),
    INVOKE_STREAM("invoke-with-response-stream", Body.MODEL, true, true),
    COUNT_TOKENS("count-tokens", Body.JSON, false, false),
    BIDIRECTIONAL_STREAM("invoke-with-bidirectional-stream", Body.NONE, false, true),
    APPLY_GUARDRAIL("apply-guardrail", Body.JSON, false, false),
    GUARDRAIL_CHECKS("guardrail-checks", Body.JSON, false, false),
    ASYNC_INVOKE_START("async-invoke", Body.JSON, false, false),
    ASYNC_INVOKE_GET("async-invoke-get", Body.NONE, false, false),
    ASYNC_INVOKE_LIST("async-invoke-list", Body.NONE, false, false),
    CHAT_COMPLETIONS("chat-completions", Body.OPENAI, true, false),
    RESPONSES("responses", Body.OPENAI, true, false);

    /** How the body is to be read. */
    public enum Body {
        NONE,
        JSON,
        CONVERSE,
        MODEL,
        OPENAI
    }

    private final String label;
    private final Body body;
    private final boolean tokens;
    private final boolean eventStream;

    Operation(String label, Body body, boolean tokens, boolean eventStream) {
        this.label = label;
        this.body = body;
        this.tokens = tokens;
        this.eventStream = eventStream;
    }

    /** Name in metrics and records; of a model operation also the last part of its path. */
    public String label() {
        return label;
    }

    public Body body() {
        return body;
    }

    /** True where the call uses tokens; the others count as requests only. */
    public boolean usesTokens() {
        return tokens;
    }

    /** True where a good answer is an {@code application/vnd.amazon.eventstream}. */
    public boolean eventStream() {
        return eventStream;
    }

    /** True where the model stands in the body, not in the path. */
    public boolean modelInBody() {
        return body == Body.OPENAI || this == ASYNC_INVOKE_START;
    }
}
