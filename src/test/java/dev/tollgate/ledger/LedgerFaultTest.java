package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LedgerFaultTest {

    @ParameterizedTest
    @CsvSource({
        "TIMEOUT, timeout, true, false",
        "CONNECTION, connection, true, false",
        "OPEN_CIRCUIT, open-circuit, false, false",
        "OVERLOAD, overload, false, false",
        "SERVER, server, true, false",
        "WRONG_SERVER, wrong-server, true, false",
        "BAD_ARGUMENT, bad-argument, true, true",
        "FORMAT, format, true, false"
    })
    void eachFaultHasALabelAndSaysWhetherTheOperationMayHaveArrived(
            LedgerFault fault, String label, boolean mayHaveArrived, boolean hopeless) {
        assertEquals(label, fault.label());
        assertEquals(mayHaveArrived, fault.mayHaveArrived());
        assertEquals(hopeless, fault.hopeless());
    }

    @ParameterizedTest
    @EnumSource(LedgerFault.class)
    void aFaultIsNamedByItsExceptionWithoutAStack(LedgerFault fault) {
        LedgerException e = new LedgerException(fault, "because");
        assertEquals(fault, e.fault());
        assertEquals("because", e.getMessage());
        assertEquals(0, e.getStackTrace().length);
    }

    @Test
    void labelsHoldNothingThatAMetricCannotHave() {
        for (LedgerFault fault : LedgerFault.values()) {
            assertFalse(fault.label().contains("_"));
        }
    }
}
