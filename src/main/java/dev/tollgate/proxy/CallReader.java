package dev.tollgate.proxy;

import dev.tollgate.bedrock.BadRequestException;
import dev.tollgate.bedrock.BedrockPath;
import dev.tollgate.bedrock.MaxTokens;
import dev.tollgate.bedrock.ModelTarget;
import dev.tollgate.bedrock.Operation;
import dev.tollgate.bedrock.RequestFacts;
import dev.tollgate.bedrock.RequestMetadata;
import dev.tollgate.bedrock.RequestReader;
import dev.tollgate.bedrock.Splice;
import dev.tollgate.policy.Names;
import dev.tollgate.policy.Policy;
import dev.tollgate.pricing.Estimate;
import dev.tollgate.pricing.Estimator;
import dev.tollgate.pricing.UnknownModels;
import dev.tollgate.tenant.Caller;
import dev.tollgate.tenant.CallerResolver;
import dev.tollgate.tenant.IdentityConfig;
import dev.tollgate.upstream.Payload;
import dev.tollgate.upstream.Session;
import dev.tollgate.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** From bytes to a call: reads the facts, finds caller and model, estimates, and prepares the request that goes up. */
public final class CallReader {

    private static final Logger LOG = Logger.getLogger(CallReader.class);

    private final CallerResolver callers;
    private final Supplier<Policy> policies;
    private final Estimator estimator;
    private final Names names;
    private final boolean addsMetadata;
    private final UnknownModels unknownModels = new UnknownModels();

    /** @param addsMetadata false leaves every byte of a request as it came */
    public CallReader(
            CallerResolver callers, Supplier<Policy> policies, Estimator estimator, Names names, boolean addsMetadata) {
        this.callers = callers;
        this.policies = policies;
        this.estimator = estimator;
        this.names = names;
        this.addsMetadata = addsMetadata;
    }

    /** Reads a call. The model of an application profile that is not known yet is looked up first. */
    Future<Call> read(Exchange exchange, byte[] body) {
        HttpServerRequest request = exchange.request();
        BedrockPath path = exchange.path().orElseThrow();
        RequestFacts facts = RequestReader.read(path.operation(), body, request::getHeader);
        Map<String, String> metadata = metadata(request, path.operation(), facts);
        Policy policy = policies.get();
        Caller caller = callers.resolve(metadata, request::getHeader, policy::tenant)
                .orElseThrow(() -> new RefusedException(
                        Refusal.TENANT,
                        "expected one of tollgate.identity.tenants in the request, found a tenant that this pod may not"
                                + " name"));
        return names.resolve(model(path, facts), caller).map(target -> call(exchange, body, facts, caller, target));
    }

    private static Map<String, String> metadata(HttpServerRequest request, Operation operation, RequestFacts facts) {
        if (operation.body() == Operation.Body.CONVERSE) {
            return facts.metadata();
        }
        String header = request.getHeader(RequestMetadata.HEADER);
        return header == null ? Map.of() : RequestMetadata.parseHeader(header);
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
                .filter(BedrockPath::legalModel)
                .orElseThrow(() -> new BadRequestException("expected the model in the body as a string of 1 to "
                        + BedrockPath.MAX_MODEL_ID + " printable characters, found none"));
    }

    private Call call(Exchange exchange, byte[] body, RequestFacts facts, Caller caller, ModelTarget target) {
        Operation operation = exchange.operation();
        Estimate estimate = estimator.estimate(target, operation, facts);
        Optional<MaxTokens> bounded = maxTokens(operation, target, facts, estimate);
        if (bounded.isPresent()) {
            estimate = estimator.estimate(target, operation, bounded.get().facts());
        }
        reportUnknown(target, estimate);
        Map<String, String> tags = tags(exchange, caller, facts);
        List<Splice> changes = new ArrayList<>(2);
        if (operation.modelInBody() && !target.sendId().equals(facts.model().orElse(""))) {
            changes.add(RequestMetadata.spliceModel(facts, target.sendId()));
        } else if (addsMetadata && operation.body() == Operation.Body.CONVERSE) {
            changes.add(RequestMetadata.splice(facts, tags));
        }
        bounded.map(MaxTokens::change).ifPresent(changes::add);
        UpstreamRequest upload = upload(exchange, caller, tags, target, Payload.of(body, changes));
        RequestFacts sent = bounded.map(MaxTokens::facts).orElse(facts);
        return new Call(operation, caller, tags, target, sent, estimate, upload);
    }

    private void reportUnknown(ModelTarget target, Estimate estimate) {
        if (estimate.costs() && !estimate.priced() && unknownModels.isNew(target.name())) {
            LOG.warnf(
                    "No price for %s: it counts as the dearest of its kind; add it to tollgate.prices.file",
                    Printable.of(target.name()));
        }
    }

    /** The policy's maximum of output tokens for a call that names none, if it is below what the model could answer. */
    private Optional<MaxTokens> maxTokens(
            Operation operation, ModelTarget target, RequestFacts facts, Estimate unbounded) {
        return policies.get()
                .defaultMaxTokens(target)
                .filter(tokens -> addsMetadata && tokens < unbounded.outputTokens())
                .flatMap(tokens -> MaxTokens.of(operation, target, facts, tokens));
    }

    private UpstreamRequest upload(
            Exchange exchange, Caller caller, Map<String, String> tags, ModelTarget target, Payload payload) {
        HttpServerRequest request = exchange.request();
        BedrockPath path = exchange.path().orElseThrow();
        Operation operation = path.operation();
        MultiMap headers = Headers.upstream(request.headers());
        Optional<String> own = Optional.ofNullable(request.getHeader(RequestMetadata.HEADER));
        if (addsMetadata && operation.body() == Operation.Body.MODEL) {
            Map<String, String> named = own.map(RequestMetadata::parseHeader).orElse(Map.of());
            headers.set(RequestMetadata.HEADER, RequestMetadata.header(tags, named));
        } else {
            own.ifPresent(value -> headers.set(RequestMetadata.HEADER, value));
        }
        if (exchange.dialect().isPresent()) {
            headers.set("content-type", "application/json").set("accept", "*/*");
        }
        String query = operation == Operation.ASYNC_INVOKE_LIST && request.query() != null ? "?" + request.query() : "";
        Session session = new Session(caller.tenant(), caller.costCenter(), caller.application(), caller.environment());
        return new UpstreamRequest(
                request.method().name(),
                path.upstreamPath(target.sendId()) + query,
                headers,
                payload,
                Optional.of(session));
    }

    /**
     * What the model invocation log shall say of a call. A dialect's tags stand where nobody else knows, also those that may
     * not count in limits.
     */
    private static Map<String, String> tags(Exchange exchange, Caller caller, RequestFacts facts) {
        Map<String, String> named = exchange.dialect().isPresent() ? facts.metadata() : Map.of();
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("tenantId", caller.tenant());
        tags.put("applicationId", tag(caller.application(), IdentityConfig.NO_APPLICATION, named.get("applicationId")));
        tags.put("costCenter", tag(caller.costCenter(), IdentityConfig.NO_COST_CENTER, named.get("costCenter")));
        tags.put("environment", tag(caller.environment(), IdentityConfig.NO_ENVIRONMENT, named.get("environment")));
        tags.put("requestId", exchange.id());
        return tags;
    }

    private static String tag(String known, String unknown, @Nullable String named) {
        return named != null && known.equals(unknown) ? named : known;
    }
}
