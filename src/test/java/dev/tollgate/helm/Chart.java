package dev.tollgate.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The chart as a Helm 3 engine renders it. */
public final class Chart {

    public static final Path ROOT = Path.of("helm/tollgate");
    /** A cluster that neither injects nor copies the node's region to its pods. */
    public static final String OLD = "1.29.0";

    public static final String NEW = "1.36.0";
    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Chart() {}

    /** @param values a file of the folder ci, or null for the one that chooses a ledger and nothing else */
    public static String render(String kubeVersion, String values, String... sets) {
        TemplateCommand template = new Helm(ROOT)
                .template()
                .withName("tollgate")
                .withNamespace("team-a")
                .withKubeVersion(kubeVersion);
        template = template.withValuesFile(
                ROOT.resolve("ci").resolve((values == null ? "default" : values) + "-values.yaml"));
        if (kubeVersion.equals(OLD)
                && (values == null || Set.of("memory", "quickstart").contains(values))) {
            template = template.set("aws.region", "eu-west-1");
        }
        for (String set : sets) {
            int equals = set.indexOf('=');
            template = template.set(set.substring(0, equals), set.substring(equals + 1));
        }
        return template.call();
    }

    public static List<Map<String, Object>> objects(String manifests) {
        List<Map<String, Object>> objects = new ArrayList<>();
        yaml().loadAll(manifests).forEach(o -> {
            if (o != null) {
                objects.add(map(o));
            }
        });
        return objects;
    }

    /** The one object of a kind with such a name. */
    public static Map<String, Object> object(String manifests, String kind, String name) {
        List<Map<String, Object>> found = objects(manifests).stream()
                .filter(o -> o.get("kind").equals(kind)
                        && map(o.get("metadata")).get("name").equals(name))
                .toList();
        assertEquals(1, found.size(), kind + " " + name);
        return found.get(0);
    }

    /** What `tollgate inject` reads. */
    public static Map<String, Object> injection(String manifests) {
        Map<String, Object> config = objects(manifests).stream()
                .filter(o -> o.get("kind").equals("ConfigMap"))
                .filter(o -> map(o.get("data")).containsKey("injection.yaml"))
                .findFirst()
                .orElseThrow();
        return map(yaml().load((String) map(config.get("data")).get("injection.yaml")));
    }

    /** The one object of a kind. */
    public static Map<String, Object> only(String manifests, String kind) {
        List<Map<String, Object>> found = objects(manifests).stream()
                .filter(o -> o.get("kind").equals(kind))
                .toList();
        assertEquals(1, found.size(), kind);
        return found.get(0);
    }

    /** An object in Kubernetes' own type; a field that the type does not have is an error. */
    public static <T> T typed(Map<String, Object> object, Class<T> type) {
        T typed = MAPPER.convertValue(object, type);
        refuseUnknown(typed, type.getSimpleName());
        return typed;
    }

    private static void refuseUnknown(Object value, String path) {
        if (value instanceof Collection<?> list) {
            list.forEach(v -> refuseUnknown(v, path));
        } else if (value instanceof Map<?, ?> map) {
            map.values().forEach(v -> refuseUnknown(v, path));
        } else if (value != null && value.getClass().getName().startsWith("io.fabric8.kubernetes.api.model")) {
            for (Method method : value.getClass().getMethods()) {
                if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
                    continue;
                }
                try {
                    Object child = method.invoke(value);
                    if (method.getName().equals("getAdditionalProperties")) {
                        assertEquals(Map.of(), child, path + " has fields that Kubernetes does not know");
                    } else {
                        refuseUnknown(child, path + "." + method.getName().substring(3));
                    }
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    public static Yaml yaml() {
        return new Yaml(new SafeConstructor(new LoaderOptions()));
    }

    @SuppressWarnings("unchecked")
    public static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    public static List<Map<String, Object>> maps(Object value) {
        return (List<Map<String, Object>>) value;
    }
}
