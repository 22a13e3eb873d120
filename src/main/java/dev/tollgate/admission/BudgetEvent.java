package dev.tollgate.admission;

import dev.tollgate.policy.Weight;
import java.time.Instant;

/**
 * What happened to a budget.
 *
 * @param limit the limit's name
 * @param tenant {@code all} if tenants share the budget
 * @param threshold percent; 101 for exhausted, 0 for reset
 * @param used settled amount, tokens, requests or micro-USD as {@code weight} says
 * @param amount the budget
 * @param resetsAt end of the period
 */
public record BudgetEvent(
        String limit, String tenant, Weight weight, int threshold, long used, long amount, Instant resetsAt) {}
