package dev.tollgate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.tollgate.proxy.Proxy;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Sizes that the code keeps: what passes them is to be divided. */
class ShapeTest {

    private static final Set<String> DATA_PATH = Set.of(
            "proxy",
            "tenant",
            "bedrock",
            "pricing",
            "policy",
            "admission",
            "ledger",
            "upstream",
            "metering",
            "telemetry");
    private static final int MAX_PARAMETERS = 5;
    private static final int MAX_FILE = 300;

    private static final JavaClasses CLASSES =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.tollgate");

    private static boolean onDataPath(JavaClass type) {
        String[] parts = type.getPackageName().split("\\.");
        return parts.length > 2 && DATA_PATH.contains(parts[2]);
    }

    private static long fields(String type) {
        return CLASSES.get(type).getFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                .count();
    }

    @Test
    void theProxyHasFewParts() throws IOException {
        List<Integer> parameters = CLASSES.get(Proxy.class).getConstructors().stream()
                .map(JavaConstructor::getRawParameterTypes)
                .map(List::size)
                .toList();
        assertEquals(1, parameters.size());
        assertTrue(parameters.get(0) <= 7, parameters + " parameters");
        assertTrue(lines(Path.of("src/main/java/dev/tollgate/proxy/Proxy.java")) <= 120);
    }

    @Test
    void theRelayHasFewFields() {
        assertTrue(fields("dev.tollgate.proxy.Relay") <= 14);
    }

    @Test
    void noMethodOnTheDataPathTakesMoreThanFiveParameters() {
        List<String> tooLong = CLASSES.stream()
                .filter(ShapeTest::onDataPath)
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> !method.getModifiers().contains(JavaModifier.SYNTHETIC))
                .filter(method -> method.getRawParameterTypes().size() > MAX_PARAMETERS)
                // What composes rooms at the start is on no call's path.
                .filter(method -> !method.getRawParameterTypes().get(0).isEquivalentTo(Vertx.class))
                .map(JavaMethod::getFullName)
                .sorted()
                .toList();
        assertEquals(List.of(), tooLong);
    }

    @Test
    void noFileIsLongerThanThreeHundredLines() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<String> tooLong = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> lines(file) > MAX_FILE)
                    .map(file -> file + ": " + lines(file))
                    .toList();
            assertEquals(List.of(), tooLong);
        }
    }

    private static long lines(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
