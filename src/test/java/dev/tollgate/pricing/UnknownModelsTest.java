package dev.tollgate.pricing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UnknownModelsTest {

    @Test
    void aModelIsNewOnce() {
        UnknownModels models = new UnknownModels();
        assertTrue(models.isNew("a"));
        assertFalse(models.isNew("a"));
        assertTrue(models.isNew("b"));
    }

    @Test
    void junkPushesOutTheModelThatWasNotCalledForLongest() {
        UnknownModels models = new UnknownModels();
        models.isNew("real");
        for (int i = 0; i < 5000; i++) {
            models.isNew("junk-" + i);
            assertFalse(models.isNew("real"));
        }
        assertTrue(models.isNew("junk-0"));
    }
}
