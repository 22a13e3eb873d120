package dev.tollgate.helm;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.common.values.CelValue;
import dev.cel.common.values.CelValueProvider;
import dev.cel.common.values.StringValue;
import dev.cel.common.values.StructValue;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import io.fabric8.kubernetes.api.model.Pod;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * CEL as an API server's admission policies have it: {@code object}, {@code namespaceObject}, {@code variables}, the functions of strings and lists, comprehensions of two variables, and the types
 * {@code Object...} and {@code JSONPatch}, whose fields are checked when an expression is compiled.
 */
final class KubernetesCel {

    private final Cel cel = CelFactory.standardCelBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setOptions(CelOptions.current().enableCelValue(true).build())
            .addVar("object", SimpleType.DYN)
            .addVar("variables", MapType.create(SimpleType.STRING, SimpleType.DYN))
            .addVar("namespaceObject", SimpleType.DYN)
            .addCompilerLibraries(CelExtensions.strings(), CelExtensions.lists(), CelExtensions.comprehensions())
            .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.lists(), CelExtensions.comprehensions())
            .setTypeProvider(new PodTypes())
            .setValueProvider(
                    (CelValueProvider) (type, fields) -> Optional.of(new Struct(type, new LinkedHashMap<>(fields))))
            .build();

    private final Map<String, Object> namespace;

    /** @param namespaceLabels labels of the namespace that a request is for */
    KubernetesCel(Map<String, String> namespaceLabels) {
        this.namespace = Map.of("metadata", Map.of("labels", namespaceLabels));
    }

    Object evaluate(String expression, Map<String, Object> object, Map<String, Object> variables) {
        try {
            return plain(cel.createProgram(cel.compile(expression).getAst())
                    .eval(Map.of("object", object, "variables", variables, "namespaceObject", namespace)));
        } catch (CelValidationException | CelEvaluationException e) {
            throw new IllegalArgumentException(e.getMessage() + "\n" + expression, e);
        }
    }

    /** CEL values as YAML has them. */
    static Object plain(Object value) {
        if (value instanceof Struct struct) {
            return plain(struct.fields);
        }
        if (value instanceof CelValue wrapped) {
            return plain(wrapped.value());
        }
        if (value instanceof Long number) {
            return Math.toIntExact(number);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> plain = new LinkedHashMap<>();
            map.forEach((k, v) -> plain.put(String.valueOf(plain(k)), plain(v)));
            return plain;
        }
        return value instanceof List<?> list
                ? list.stream().map(KubernetesCel::plain).toList()
                : value;
    }

    private static final class Struct extends StructValue<StringValue> {

        private final String type;
        private final Map<String, Object> fields;

        Struct(String type, Map<String, Object> fields) {
            this.type = type;
            this.fields = fields;
        }

        @Override
        public CelValue select(StringValue field) {
            return find(field).orElseThrow();
        }

        @Override
        public Optional<CelValue> find(StringValue field) {
            Object value = fields.get(field.value());
            return Optional.ofNullable(
                    value instanceof CelValue wrapped || value == null
                            ? (CelValue) value
                            : StringValue.create((String) value));
        }

        @Override
        public Object value() {
            return this;
        }

        @Override
        public boolean isZeroValue() {
            return fields.isEmpty();
        }

        @Override
        public CelType celType() {
            return new PodTypes().findType(type).orElseThrow();
        }
    }

    /** {@code Object.spec.containers} is the type of a pod's containers, and so on. */
    private static final class PodTypes implements CelTypeProvider {

        @Override
        public ImmutableList<CelType> types() {
            return ImmutableList.of();
        }

        @Override
        public Optional<CelType> findType(String name) {
            if (name.equals("JSONPatch")) {
                return Optional.of(StructType.create(
                        name,
                        ImmutableSet.of("op", "path", "from", "value"),
                        f -> Optional.of(f.equals("value") ? SimpleType.DYN : SimpleType.STRING)));
            }
            if (!name.equals("Object") && !name.startsWith("Object.")) {
                return Optional.empty();
            }
            Class<?> type = Pod.class;
            for (String field : name.split("\\.")) {
                if (!field.equals("Object")) {
                    Optional<Class<?>> next = getter(type, field).map(g -> element(g.getGenericReturnType()));
                    if (next.isEmpty()) {
                        return Optional.empty();
                    }
                    type = next.get();
                }
            }
            Class<?> owner = type;
            TreeSet<String> fields = new TreeSet<>();
            for (Method method : owner.getMethods()) {
                if (method.getParameterCount() == 0 && method.getName().matches("get[A-Z].*")) {
                    fields.add(Character.toLowerCase(method.getName().charAt(3))
                            + method.getName().substring(4));
                }
            }
            return Optional.of(StructType.create(name, ImmutableSet.copyOf(fields), field -> getter(owner, field)
                    .map(g -> celType(g.getGenericReturnType(), name + "." + field))));
        }

        private static Optional<Method> getter(Class<?> type, String field) {
            try {
                return Optional.of(type.getMethod("get" + Character.toUpperCase(field.charAt(0)) + field.substring(1)));
            } catch (NoSuchMethodException e) {
                return Optional.empty();
            }
        }

        private static Class<?> element(Type type) {
            return type instanceof ParameterizedType generic
                    ? (Class<?>) generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1]
                    : (Class<?>) type;
        }

        private CelType celType(Type type, String path) {
            if (type instanceof ParameterizedType generic) {
                return generic.getRawType() == List.class
                        ? ListType.create(celType(element(type), path))
                        : MapType.create(SimpleType.STRING, SimpleType.DYN);
            }
            if (type == String.class) {
                return SimpleType.STRING;
            }
            if (type == Integer.class || type == Long.class) {
                return SimpleType.INT;
            }
            if (type == Boolean.class) {
                return SimpleType.BOOL;
            }
            String name = ((Class<?>) type).getSimpleName();
            return name.equals("IntOrString") || name.equals("Quantity")
                    ? SimpleType.DYN
                    : findType(path).orElseThrow();
        }
    }
}
