package dev.tollgate.proxy;

import dev.tollgate.bedrock.BadRequest;
import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.ModelId;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.ProfileModels;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.RequestMetadata;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.proxy.CallFailure.Kind;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** From bytes to a call: reads the facts, finds caller and model, estimates, and prepares what goes up. */
final class Understanding {

    private static final Map<String, String> NO_METADATA = Map.of();

    private final CallerResolver callers;
    private final Supplier<Policy> policies;
    private final Estimator estimator;
    private final boolean addsMetadata;
    private final ProfileModels profiles;

    Understanding(
            CallerResolver callers,
            Supplier<Policy> policies,
            Estimator estimator,
            boolean addsMetadata,
            ProfileModels profiles) {
        this.callers = callers;
        this.policies = policies;
        this.estimator = estimator;
        this.addsMetadata = addsMetadata;
        this.profiles = profiles;
    }

    /** Understands a call; of an application profile that nobody knows yet, its model is asked for first. */
    Future<Call.Upload> of(HttpServerRequest request, BedrockPath path, String id, byte[] body) {
        Call.Upload first = read(request, path, id, body);
        ModelId model = ModelId.parse(first.call().target().sendId());
        boolean unknown = first.call().target().pricedModel().isEmpty();
        return unknown && profiles.worthAsking(model)
                ? profiles.ask(model).map(asked -> read(request, path, id, body))
                : Future.succeededFuture(first);
    }

    private Call.Upload read(HttpServerRequest request, BedrockPath path, String id, byte[] body) {
        Operation operation = path.operation();
        RequestFacts facts = RequestReader.read(operation, body, request::getHeader);
        String metadataHeader = request.getHeader(RequestMetadata.HEADER);
        Map<String, String> named = operation.body() == Operation.Body.CONVERSE
                ? facts.metadata()
                : metadataHeader == null ? NO_METADATA : RequestMetadata.parseHeader(metadataHeader);
        Policy policy = policies.get();
        Caller caller = callers.resolve(named, name -> Optional.ofNullable(request.getHeader(name)), policy::tenant)
                .orElseThrow(() -> new CallFailure(
                        Kind.TENANT,
                        "expected a tenant of tollgate.identity.tenants, found one that this pod may not name"));
        String model = model(path, facts);
        ModelTarget target = policy.resolve(model, caller, profiles);
        MultiMap headers = Headers.upstream(request.headers());
        byte[] sent = body;
        if (operation.modelInBody() && !target.sendId().equals(model)) {
            sent = RequestMetadata.spliceModel(body, facts, target.sendId());
        }
        if (addsMetadata) {
            Map<String, String> ours = metadata(caller, id);
            if (operation.body() == Operation.Body.CONVERSE) {
                sent = RequestMetadata.splice(body, facts, ours);
            } else if (operation.body() == Operation.Body.MODEL) {
                headers.set(RequestMetadata.HEADER, RequestMetadata.header(ours, named));
            }
        } else if (metadataHeader != null) {
            headers.set(RequestMetadata.HEADER, metadataHeader);
        }
        String query = operation == Operation.ASYNC_INVOKE_LIST && request.query() != null ? "?" + request.query() : "";
        Call call = new Call(path, caller, target, facts, estimator.estimate(target, operation, facts));
        return new Call.Upload(call, path.upstreamPath(target.sendId()) + query, headers, sent);
    }

    private static String model(BedrockPath path, RequestFacts facts) {
        Operation operation = path.operation();
        if (path.model().isPresent()) {
            return path.model().get();
        }
        if (!operation.modelInBody()) {
            return operation.label();
        }
        return facts.model()
                .filter(m -> !m.isBlank() && m.length() <= BedrockPath.MAX_MODEL_ID)
                .orElseThrow(() -> new BadRequest("expected the model in the body, found none"));
    }

    private static Map<String, String> metadata(Caller caller, String id) {
        Map<String, String> ours = new LinkedHashMap<>();
        ours.put("tenantId", caller.tenant());
        ours.put("applicationId", caller.application());
        ours.put("costCenter", caller.costCenter());
        ours.put("environment", caller.environment());
        ours.put("requestId", id);
        return ours;
    }
}
