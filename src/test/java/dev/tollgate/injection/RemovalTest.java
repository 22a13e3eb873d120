package dev.tollgate.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.helm.Admission;
import dev.tollgate.helm.Chart;
import dev.tollgate.helm.Pods;
import dev.tollgate.injection.Outcome.State;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an injection added, and nothing else, is taken out or replaced. */
class RemovalTest {

    private static final String FULL = Chart.render(Chart.NEW, "full");
    private static final String DEFAULT = Chart.render(Chart.NEW, null);

    private static Injection injection(String manifests) {
        return new Injection(Chart.injection(manifests));
    }

    static Stream<String> names() {
        // An empty variable is replaced by the placeholder and does not come back.
        return Pods.BY_NAME.keySet().stream().filter(name -> !name.equals("empty region"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesOutWhatInjectionAdded(String name) {
        for (String label : new String[] {null, "enabled"}) {
            Map<String, Object> pod = Pods.of(name, label);
            Map<String, Object> before = Admission.copy(pod);
            injection(FULL).into(pod);
            assertEquals(State.REMOVED, Removal.outOf(pod).get(0).state());
            assertEquals(before, pod);
            assertEquals(State.UNCHANGED, Removal.outOf(pod).get(0).state());
            assertEquals(before, pod);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void anotherInjectionReplacesTheFirstOne(String name) {
        Map<String, Object> pod = Pods.of(name);
        Map<String, Object> expected = Admission.copy(pod);
        injection(DEFAULT).into(expected);
        injection(FULL).into(pod);
        assertEquals(State.UPDATED, injection(DEFAULT).into(pod).get(0).state());
        assertEquals(expected, pod);
        assertEquals(State.UNCHANGED, injection(DEFAULT).into(pod).get(0).state());
        assertEquals(expected, pod);
    }

    @Test
    void manifestsOfBeforeTheRecordAreUpdatedToo() {
        Map<String, Object> pod = Pods.of("two containers");
        Map<String, Object> expected = Admission.copy(pod);
        injection(DEFAULT).into(expected);
        injection(FULL).into(pod);
        Map<String, Object> annotations =
                Chart.map(Chart.map(pod.get("metadata")).get("annotations"));
        annotations.remove(Additions.ANNOTATION);
        // Of those, a name or a tenant may be the user's own: they stay.
        annotations.keySet().removeIf(n -> List.of("tenant", "application", "cost-center", "environment")
                .contains(n.substring(n.indexOf('/') + 1)));
        Map<String, Object> spec = Chart.map(pod.get("spec"));
        spec.remove("imagePullSecrets");
        Chart.maps(spec.get("volumes")).removeIf(v -> v.get("name").equals("ca"));
        injection(DEFAULT).into(pod);
        assertEquals(expected.get("spec"), pod.get("spec"));
        assertTrue(pod.toString().contains("tollgate.dev/config"));
    }

    @Test
    void aRegionOfTheUsersOwnStaysInManifestsWithoutRecord() {
        Map<String, Object> pod = Pods.of("own region");
        injection(FULL).into(pod);
        Removal.outOf(pod);
        assertTrue(pod.toString().contains("us-west-2"));
        assertFalse(pod.toString().contains("127.0.0.1"));
    }
}
