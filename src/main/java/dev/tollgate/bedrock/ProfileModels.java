package dev.tollgate.bedrock;

import io.vertx.core.Future;
import java.util.Optional;

/** Finds the model of an application inference profile, which its ARN does not name. */
public interface ProfileModels {

    /** Knows no profile. */
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

    /** The model id, with its geographic prefix if it has one; empty if it is not known yet. */
    Optional<String> known(ModelId profile);

    /** True if a query can succeed. */
    boolean worthAsking(ModelId profile);

    /** Queries the model. Completes when it is known or cannot be found; never fails. */
    Future<Void> ask(ModelId profile);
}
