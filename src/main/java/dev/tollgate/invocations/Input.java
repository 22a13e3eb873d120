package dev.tollgate.invocations;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a request says; only without mistakes is it whole.
 *
 * @param model name or identifier; empty if there is none that is legal
 */
record Input(String model, Messages messages, Parameters parameters, Tags tags, boolean stream) {

    /**
     * How the model shall answer; what is absent is left to the model.
     *
     * @param temperature a JSON number from 0 to 1, as it was written
     * @param topP likewise
     */
    record Parameters(OptionalLong maxTokens, Optional<String> temperature, Optional<String> topP, OptionalLong topK) {
        static final Parameters NONE =
                new Parameters(OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty());
    }

    /**
     * Who calls, in characters that request metadata takes.
     *
     * @param environment dev, staging or prod
     */
    record Tags(String applicationId, Optional<String> costCenter, Optional<String> environment) {
        static final Tags NONE = new Tags("", Optional.empty(), Optional.empty());
    }
}
