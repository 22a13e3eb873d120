package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.tollgate.admission.Decision;
import dev.tollgate.bedrock.Metered;
import dev.tollgate.bedrock.RequestMetadata;
import dev.tollgate.policy.Weight;
import dev.tollgate.upstream.UpstreamFault;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The one vocabulary of endings. */
class CallEndTest {

    private static Answer answer(String errorType) {
        return new Answer(200, Metered.NOTHING, true, errorType, "id", 1);
    }

    @Test
    void aRefusalIsRefused() {
        assertEquals("refused", new CallEnd.Refused(Refusal.HOST, "no").label());
    }

    @Test
    void aDenialIsDenied() {
        Decision.Denied denial =
                new Decision.Denied(Decision.Reason.RATE, "l", Weight.TOKENS, 1, 0, 1, Optional.empty(), "no");
        assertEquals("denied", new CallEnd.Denied(denial).label());
    }

    @ParameterizedTest
    @CsvSource({
        "NO_CREDENTIALS, upstream-failed",
        "UNREACHABLE, upstream-failed",
        "RESET, upstream-failed",
        "TIMEOUT, upstream-timeout"
    })
    void anUnansweredCallNamesWhetherTimeRanOut(UpstreamFault fault, String label) {
        assertEquals(label, new CallEnd.Unanswered(fault, "no").label());
    }

    @ParameterizedTest
    @CsvSource({"none, completed", "ThrottlingException, upstream-error", "500, upstream-error"})
    void anAnsweredCallNamesWhetherItIsAnError(String errorType, String label) {
        assertEquals(label, new CallEnd.Answered(answer(errorType)).label());
    }

    @ParameterizedTest
    @CsvSource({"CUT, upstream-failed", "SILENT, upstream-timeout", "STOPPED, stopped"})
    void aBrokenAnswerNamesItsCause(CallEnd.Broken.Cause cause, String label) {
        assertEquals(label, new CallEnd.Broken(answer("none"), cause).label());
    }

    @ParameterizedTest
    @CsvSource({"true, client-gone", "false, client-gone-unread"})
    void anAbandonedAnswerNamesWhetherItWasRead(boolean drained, String label) {
        assertEquals(label, new CallEnd.Abandoned(answer("none"), drained).label());
    }

    @ParameterizedTest
    @EnumSource(Refusal.class)
    void aRefusedExceptionKeepsItsReasonAndMessage(Refusal refusal) {
        assertEquals(new CallEnd.Refused(refusal, "because"), CallEnd.of(new RefusedException(refusal, "because")));
    }

    @Test
    void whatCannotBeReadIsABadRequest() {
        RuntimeException bad = null;
        try {
            RequestMetadata.parseHeader("no json");
        } catch (RuntimeException e) {
            bad = e;
        }
        CallEnd.Refused refused = assertInstanceOf(CallEnd.Refused.class, CallEnd.of(bad));
        assertEquals(Refusal.BAD_REQUEST, refused.reason());
    }

    @Test
    void aClientThatWentAwayAbandonsTheCallUnread() {
        assertEquals(new CallEnd.Abandoned(Answer.NONE, false), CallEnd.of(new ClientGoneException()));
    }

    @Test
    void anythingElseIsABugOfOursAndItsMessageStaysInside() {
        CallEnd.Refused refused =
                assertInstanceOf(CallEnd.Refused.class, CallEnd.of(new NullPointerException("secret")));
        assertEquals(Refusal.INTERNAL, refused.reason());
        assertFalse(refused.message().contains("secret"));
    }

    @Test
    void anErrorOfTheMachineIsABugToo() {
        CallEnd.Refused refused = assertInstanceOf(CallEnd.Refused.class, CallEnd.of(new StackOverflowError()));
        assertEquals(Refusal.INTERNAL, refused.reason());
    }
}
