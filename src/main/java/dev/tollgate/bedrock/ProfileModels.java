package dev.tollgate.bedrock;

import io.vertx.core.Future;
import java.util.Optional;

/** Which model an application inference profile runs; its ARN does not say. */
public interface ProfileModels {

    /** Knows none. */
    ProfileModels NONE = new ProfileModels() {
        @Override
        public Optional<String> known(ModelId profile) {
            return Optional.empty();
        }

        @Override
        public boolean worthAsking(ModelId profile) {
            return false;
        }

        @Override
        public Future<Void> ask(ModelId profile) {
            return Future.succeededFuture();
        }
    };

    /** A model id, with its geographic prefix where it has one. */
    Optional<String> known(ModelId profile);

    /** True where asking might tell. */
    boolean worthAsking(ModelId profile);

    /** Completes, never fails, when the answer is known or cannot be had. */
    Future<Void> ask(ModelId profile);
}
