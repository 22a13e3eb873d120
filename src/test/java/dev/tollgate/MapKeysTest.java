package dev.tollgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A record's generated equals and hashCode are method handles, which native-image interprets, with reflection: they took a
 * third of a call. So records that are keys on the path of a call write theirs out. Generated ones are final.
 */
class MapKeysTest {

    private static final List<String> ROOMS = List.of(
            "proxy", "tenant", "bedrock", "pricing", "admission", "ledger", "upstream", "metering", "telemetry");

    @Test
    void recordsThatAreKeysOnThePathOfACallWriteOutEquals() throws ReflectiveOperationException {
        Set<String> generated = new TreeSet<>();
        int keys = 0;
        for (Class<?> key : keys()) {
            keys++;
            for (Class<?> part : parts(key)) {
                if (Modifier.isFinal(part.getMethod("equals", Object.class).getModifiers())) {
                    generated.add(part.getName());
                }
            }
        }
        assertTrue(keys > 3, "expected to find keys that are records, found " + keys);
        assertEquals(Set.of(), generated);
    }

    /** Records that are keys of a field's map or set. */
    private static List<Class<?>> keys() throws ClassNotFoundException {
        List<Class<?>> keys = new ArrayList<>();
        for (JavaClass one : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(
                        ROOMS.stream().map(room -> "dev.tollgate." + room).toArray(String[]::new))) {
            Class<?> loaded = Class.forName(one.getName(), false, MapKeysTest.class.getClassLoader());
            for (Field field : loaded.getDeclaredFields()) {
                boolean keyed =
                        Map.class.isAssignableFrom(field.getType()) || Set.class.isAssignableFrom(field.getType());
                if (keyed && field.getGenericType() instanceof ParameterizedType type) {
                    Type key = type.getActualTypeArguments()[0];
                    if (key instanceof Class<?> c && c.isRecord()) {
                        keys.add(c);
                    }
                }
            }
        }
        return keys;
    }

    /** A record and the records it consists of. */
    private static List<Class<?>> parts(Class<?> key) {
        List<Class<?>> parts = new ArrayList<>(List.of(key));
        Arrays.stream(key.getRecordComponents())
                .map(component -> component.getType())
                .filter(Class::isRecord)
                .forEach(part -> parts.addAll(parts(part)));
        return parts;
    }
}
