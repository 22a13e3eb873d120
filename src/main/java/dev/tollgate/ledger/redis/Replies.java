package dev.tollgate.ledger.redis;

import dev.tollgate.ledger.AdmitReply;
import dev.tollgate.ledger.Balance;
import dev.tollgate.ledger.Hold;
import dev.tollgate.ledger.LedgerException;
import dev.tollgate.ledger.LedgerFault;
import dev.tollgate.ledger.SettleReply;
import java.util.ArrayList;
import java.util.List;

/** The script's answers in the words of the ledger. */
final class Replies {

    private Replies() {}

    static AdmitReply admit(Hold hold, Operation.Answer answer) {
        int index = answer.index();
        return switch (answer.status()) {
            case ADMITTED, DUPLICATE -> new AdmitReply.Admitted(answer.balances(), refused(answer));
            case DENIED -> new AdmitReply.Denied(index, answer.waitMillis(), decided(hold, answer), answer.balances());
            case TOO_LARGE -> new AdmitReply.TooLarge(index, decided(hold, answer));
            case RECOVERING -> new AdmitReply.Recovering(answer.waitMillis());
            case STALE_PERIOD -> new AdmitReply.StalePeriod(answer.nowMillis());
            case ENDED -> new AdmitReply.Ended();
            case DAMAGED -> new AdmitReply.Damaged(index);
            case TOO_MANY_CELLS -> new AdmitReply.TooManyBuckets(index);
            default -> throw refusal(answer);
        };
    }

    private static List<Integer> refused(Operation.Answer answer) {
        if (answer.refused() == 0) {
            return List.of();
        }
        List<Integer> refused = new ArrayList<>();
        for (int i = 0; answer.refused() >> i != 0; i++) {
            if ((answer.refused() >> i & 1) == 1) {
                refused.add(i);
            }
        }
        return refused;
    }

    private static Balance decided(Hold hold, Operation.Answer answer) {
        return hold.claims().get(answer.index()).bucket().balance(answer.x(), answer.y());
    }

    static SettleReply settle(Operation.Answer answer) {
        return switch (answer.status()) {
            case SETTLED, METERED -> SettleReply.SETTLED;
            case RELEASED -> SettleReply.RELEASED;
            case LATE -> SettleReply.LATE;
            case UNKNOWN -> SettleReply.UNKNOWN;
            case ALREADY -> SettleReply.ALREADY;
            default -> throw refusal(answer);
        };
    }

    private static LedgerException refusal(Operation.Answer answer) {
        return new LedgerException(LedgerFault.BAD_ARGUMENT, "the ledger refused an operation: " + answer.status());
    }
}
