package dev.tollgate.upstream;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Bounds calls to something that can be slow or down: a deadline, and a breaker that answers in its place. */
@FunctionalInterface
public interface CallGuard {
    <T> Future<T> call(Supplier<Future<T>> operation);
}
