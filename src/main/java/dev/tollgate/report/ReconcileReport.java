package dev.tollgate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What {@code tollgate reconcile} prints; the names in JSON are a contract. */
public final class ReconcileReport {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(com.fasterxml.jackson.core.StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    private final Reconciliation.Result result;
    private final List<Bill> bills;

    /** One day's token type on AWS's side and on ours. */
    private record Bill(String day, String tokenType, long aws, long ours, SortedSet<String> usageTypes) {}

    /**
     * @param charges of a CUR file; empty without one
     * @param byDay a report by UTC day, to hold them against
     */
    public ReconcileReport(Reconciliation.Result result, List<CostAndUsage.Charge> charges, List<Report.Row> byDay) {
        this.result = result;
        this.bills = charges.isEmpty() ? List.of() : bills(charges, byDay);
    }

    private static List<Bill> bills(List<CostAndUsage.Charge> charges, List<Report.Row> byDay) {
        Map<String, Bill> bills = new TreeMap<>();
        for (Report.Row row : byDay) {
            for (int i = 0; i < CallCost.PARTS; i++) {
                if (row.sums().cost[i] > 0) {
                    String day = row.key().values()[0];
                    bills.put(
                            day + ' ' + i,
                            new Bill(day, CostAndUsage.TOKEN_TYPES.get(i), 0, row.sums().cost[i], new TreeSet<>()));
                }
            }
        }
        for (CostAndUsage.Charge charge : charges) {
            String key = charge.day() + ' ' + CostAndUsage.TOKEN_TYPES.indexOf(charge.tokenType());
            long ours = bills.containsKey(key) ? bills.get(key).ours() : 0;
            bills.put(key, new Bill(charge.day(), charge.tokenType(), charge.microUsd(), ours, charge.usageTypes()));
        }
        return new ArrayList<>(bills.values());
    }

    /** How far money is off by AWS's bill, in millionths of it; 0 without a bill. */
    public long billOffMillionths() {
        long off = 0;
        long all = 0;
        for (Bill bill : bills) {
            off += Math.abs(bill.ours() - bill.aws());
            all += bill.aws();
        }
        return off == 0 ? 0 : (long) Math.ceil(1e6 * off / Math.max(1, all));
    }

    public void json(Writer out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("matched", result.matched());
            json.writeNumberField("onlyInUsage", result.onlyInUsage());
            json.writeNumberField("onlyInLogs", result.onlyInLogs());
            json.writeArrayFieldStart("drift");
            for (Map.Entry<GroupKey, Reconciliation.Drift> one : result.drift().entrySet()) {
                json.writeStartObject();
                json.writeStringField("tenant", one.getKey().values()[0]);
                json.writeStringField("model", one.getKey().values()[1]);
                json.writeNumberField("calls", one.getValue().calls());
                json.writeNumberField("tokens", one.getValue().tokens());
                json.writeNumberField("microUsd", one.getValue().microUsd());
                json.writeEndObject();
            }
            json.writeEndArray();
            if (!bills.isEmpty()) {
                bills(json);
            }
            json.writeNumberField("unreadableLines", result.unreadableLines());
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private void bills(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("cur");
        for (Bill bill : bills) {
            json.writeStartObject();
            json.writeStringField("day", bill.day());
            json.writeStringField("tokenType", bill.tokenType());
            json.writeNumberField("awsMicroUsd", bill.aws());
            json.writeNumberField("ourMicroUsd", bill.ours());
            json.writeNumberField("driftMicroUsd", bill.ours() - bill.aws());
            json.writeArrayFieldStart("usageTypes");
            for (String type : bill.usageTypes()) {
                json.writeString(type);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    public void table(Writer out) throws IOException {
        out.write("matched " + result.matched() + ", only in usage records " + result.onlyInUsage()
                + ", only in invocation logs " + result.onlyInLogs() + '\n');
        for (Map.Entry<GroupKey, Reconciliation.Drift> one : result.drift().entrySet()) {
            out.write(TableReport.printable(String.join(" ", one.getKey().values())) + ": "
                    + one.getValue().calls() + " calls differ, usage minus logs "
                    + one.getValue().tokens()
                    + " tokens, " + one.getValue().microUsd() + " micro-USD\n");
        }
        for (Bill bill : bills) {
            out.write(bill.day() + ' ' + bill.tokenType() + ": AWS " + bill.aws() + ", ours " + bill.ours()
                    + ", difference " + (bill.ours() - bill.aws()) + " micro-USD\n");
        }
    }
}
