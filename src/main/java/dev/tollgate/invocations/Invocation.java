package dev.tollgate.invocations;

import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.policy.Names;
import dev.tollgate.proxy.Dialect;
import dev.tollgate.proxy.HeldBytes;
import dev.tollgate.proxy.Outlet;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One call of the friendly API. */
final class Invocation implements Dialect {

    private static final String TOP_K = "prompt.parameters.top_k";

    private final Names names;
    private String model = "";
    private boolean stream;

    Invocation(Names names) {
        this.names = names;
    }

    @Override
    public Future<Meaning> read(HttpServerRequest head, byte[] body) {
        Mistakes mistakes = new Mistakes();
        contentType(head, mistakes);
        Input input = InputReader.read(body, mistakes);
        model = input.model();
        stream = input.stream();
        if (!model.isEmpty() && !names.mayNameAModel(model)) {
            mistakes.add("model", "a name that `tollgate models` lists, or an identifier", found(model));
        } else if (!model.isEmpty() && input.parameters().topK().isPresent()) {
            return names.resolve(model)
                    .compose(target -> meaning(input, body, topK(input, target, mistakes), mistakes));
        }
        return meaning(input, body, Optional.empty(), mistakes);
    }

    private static void contentType(HttpServerRequest head, Mistakes mistakes) {
        String type = head.getHeader("content-type");
        if (type != null
                && !type.toLowerCase(Locale.ROOT).split(";", -1)[0].strip().equals("application/json")) {
            mistakes.add("Content-Type", "application/json", Mistakes.shown(type));
        }
    }

    private String found(String name) {
        List<String> near = names.near(name);
        return '"' + Mistakes.shown(name) + '"' + (near.isEmpty() ? "" : "; near it: " + String.join(", ", near));
    }

    private static Optional<String> topK(Input input, ModelTarget target, Mistakes mistakes) {
        long topK = input.parameters().topK().orElseThrow();
        Optional<String> fields = Translation.topK(target, topK);
        if (fields.isEmpty()) {
            mistakes.add(TOP_K, "none: only Anthropic's and Nova's models take it", String.valueOf(topK));
        }
        return fields;
    }

    private Future<Meaning> meaning(Input input, byte[] body, Optional<String> additional, Mistakes mistakes) {
        return mistakes.none()
                ? Future.succeededFuture(new Meaning(
                        stream ? Operation.CONVERSE_STREAM : Operation.CONVERSE,
                        model,
                        Translation.converse(input, body, additional)))
                : Future.failedFuture(mistakes.exception());
    }

    @Override
    public Outlet outlet(Sent sent, Outlet passing, HttpServerRequest head, HeldBytes memory) {
        Account account = new Account(model, sent);
        return stream
                ? new EventOutlet(account, passing, head.response(), memory)
                : new WholeOutlet(account, passing, head.response());
    }
}
