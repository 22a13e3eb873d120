package dev.tollgate.proxy;

import dev.tollgate.admission.Decision;
import dev.tollgate.bedrock.BadRequestException;
import dev.tollgate.upstream.UpstreamException;
import dev.tollgate.upstream.UpstreamFault;
import java.util.List;

/** How a call ended: reported once for each call, the one vocabulary for charge, metrics and record. */
sealed interface CallEnd {

    /** Name in usage records. */
    String label();

    /** Refused by Tollgate before any limit was checked. Nothing is charged. */
    record Refused(Refusal reason, String message, List<InvalidRequestException.Mistake> mistakes) implements CallEnd {

        Refused(Refusal reason, String message) {
            this(reason, message, List.of());
        }

        @Override
        public String label() {
            return "refused";
        }
    }

    /** Denied by a limit. Nothing is charged. */
    record Denied(Decision.Denied denial) implements CallEnd {
        @Override
        public String label() {
            return "denied";
        }
    }

    /** The upstream gave no answer. If the request was sent, the estimate is charged. */
    record Unanswered(UpstreamFault fault, String message) implements CallEnd {
        @Override
        public String label() {
            return fault == UpstreamFault.TIMEOUT ? "upstream-timeout" : "upstream-failed";
        }
    }

    /** The answer passed whole, an error answer included. */
    record Answered(Answer answer) implements CallEnd {
        @Override
        public String label() {
            return answer.ok() ? "completed" : "upstream-error";
        }
    }

    /** The answer began and did not end as it should. */
    record Broken(Answer answer, Cause cause) implements CallEnd {

        /** What broke it. */
        enum Cause {
            CUT("upstream-failed"),
            SILENT("upstream-timeout"),
            STOPPED("stopped");

            private final String label;

            Cause(String label) {
                this.label = label;
            }
        }

        @Override
        public String label() {
            return cause.label;
        }
    }

    /** The client went away. A drained answer was read to its end all the same. */
    record Abandoned(Answer answer, boolean drained) implements CallEnd {
        @Override
        public String label() {
            return drained ? "client-gone" : "client-gone-unread";
        }
    }

    /** The end of a call that failed before it was forwarded, or whose request failed. */
    static CallEnd of(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return new Refused(refused.reason(), String.valueOf(refused.getMessage()));
        }
        if (failure instanceof InvalidRequestException invalid) {
            return new Refused(Refusal.BAD_REQUEST, String.valueOf(invalid.getMessage()), invalid.mistakes());
        }
        if (failure instanceof BadRequestException bad) {
            return new Refused(Refusal.BAD_REQUEST, String.valueOf(bad.getMessage()));
        }
        if (failure instanceof ClientGoneException) {
            return new Abandoned(Answer.NONE, false);
        }
        if (failure instanceof UpstreamException upstream) {
            return new Unanswered(upstream.fault(), String.valueOf(upstream.getMessage()));
        }
        Bugs.report(failure);
        return new Refused(Refusal.INTERNAL, "Tollgate failed; its log says why");
    }
}
