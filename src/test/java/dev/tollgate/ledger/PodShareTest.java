package dev.tollgate.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodShareTest {

    @Test
    void thePartsOfAllPodsAddUpToTheLimit() {
        for (long limit : new long[] {0, 1, 7, 50, 60, 999, Bucket.MAX_AMOUNT}) {
            for (int pods : new int[] {1, 2, 3, 50, 1000}) {
                long sum = 0;
                for (int rank = 0; rank < pods; rank++) {
                    sum += new PodShare(pods, rank).of(limit);
                }
                assertEquals(limit, sum, limit + " over " + pods);
                assertTrue(pods * new PodShare(pods, -1).of(limit) <= limit, "without ranks never more");
            }
        }
    }

    @Test
    void aThousandPodsAdmitFiftyCallsInFlightTogether() {
        Bucket.Concurrency fifty = new Bucket.Concurrency("c", false, true, 50);
        long sum = 0;
        for (int rank = 0; rank < 1000; rank++) {
            sum += fifty.part(new PodShare(1000, rank), 1).map(Bucket::capacity).orElse(0L);
        }
        assertEquals(50, sum);
    }

    @Test
    void ratesAreSharedExactlyInTime() {
        Bucket.Rate rate = new Bucket.Rate("r", false, true, 60, 1, 1000, 1);
        Bucket.Rate part = (Bucket.Rate) rate.part(new PodShare(4, 0), 2).orElseThrow();
        assertEquals(15, part.burst());
        assertEquals(4000, part.periodMillis(), "a fourth of one a second");
        assertEquals(Optional.empty(), new Bucket.Rate("r", false, true, 3, 1, 1000, 1).part(new PodShare(4, 0), 2));
    }

    @Test
    void anOutageNeverKnowsFewerPods() {
        assertEquals(5, new PodShare(3, 1).atLeast(new PodShare(5, 4)).pods());
        assertEquals(7, new PodShare(7, 1).atLeast(new PodShare(5, 4)).pods());
    }
}
