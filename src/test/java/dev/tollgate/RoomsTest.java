package dev.tollgate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who may import whom: the table, as data. */
class RoomsTest {

    private static final String ROOT = "dev.tollgate.";
    private static final Map<String, Set<String>> MAY_IMPORT = Map.ofEntries(
            Map.entry(
                    "proxy",
                    Set.of("tenant", "bedrock", "pricing", "policy", "admission", "upstream", "metering", "telemetry")),
            Map.entry("tenant", Set.of()),
            Map.entry("bedrock", Set.of()),
            Map.entry("pricing", Set.of("bedrock")),
            Map.entry("policy", Set.of("tenant", "bedrock")),
            Map.entry("admission", Set.of("tenant", "bedrock", "pricing", "policy", "ledger")),
            Map.entry("ledger", Set.of()),
            Map.entry("upstream", Set.of("bedrock")),
            Map.entry("metering", Set.of("bedrock")),
            Map.entry("telemetry", Set.of("tenant", "bedrock", "policy", "admission", "ledger")),
            Map.entry("control", Set.of("policy", "admission", "ledger", "telemetry")),
            Map.entry("report", Set.of("tenant", "bedrock", "pricing", "policy", "admission", "ledger")),
            Map.entry("profiles", Set.of("bedrock", "policy", "upstream")),
            Map.entry("invocations", Set.of("proxy", "bedrock", "policy", "admission")),
            Map.entry("injection", Set.of()),
            Map.entry("simulator", Set.of("bedrock")));

    private static final JavaClasses CLASSES =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.tollgate");

    private static String room(JavaClass type) {
        String name = type.getPackageName();
        return name.startsWith(ROOT) ? name.substring(ROOT.length()).split("\\.")[0] : "";
    }

    @Test
    void roomsImportOnlyWhatTheTableAllows() {
        MAY_IMPORT.forEach((room, allowed) -> noClasses()
                .that()
                .resideInAPackage(ROOT + room + "..")
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("are in a room that " + room + " may not import") {
                    @Override
                    public boolean test(JavaClass type) {
                        String other = room(type);
                        return !other.isEmpty() && !other.equals(room) && !allowed.contains(other);
                    }
                })
                .check(CLASSES));
    }

    @Test
    void everyRoomIsInTheTable() {
        Set<String> rooms = new HashSet<>();
        CLASSES.forEach(c -> rooms.add(room(c)));
        rooms.removeAll(Set.of("", "cli", "sidecar"));
        assertTrue(MAY_IMPORT.keySet().containsAll(rooms), rooms + " has a room that the table lacks");
    }

    @Test
    void onlyTheCompositionRootKnowsTheLedgerInRedis() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.tollgate.sidecar..", "dev.tollgate.ledger.redis..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.tollgate.ledger.redis..")
                .check(CLASSES);
    }

    @Test
    void awsSdkTypesStayUpstream() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.tollgate.upstream..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.awssdk..")
                .check(CLASSES);
    }

    @Test
    void everyPermissionIsUsed() {
        MAY_IMPORT.forEach((room, allowed) -> {
            Set<String> used = new HashSet<>();
            CLASSES.stream()
                    .filter(type -> room(type).equals(room))
                    .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                    .forEach(dependency -> used.add(room(dependency.getTargetClass())));
            assertTrue(used.containsAll(allowed), room + " may import " + allowed + ", uses " + used);
        });
    }

    @Test
    void onlyThePortsAnswerWithAStatus() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.tollgate.proxy..", "dev.tollgate.control..", "dev.tollgate.simulator..")
                .should()
                .callMethod(HttpServerResponse.class, "setStatusCode", int.class)
                .check(CLASSES);
    }

    @Test
    void onlyCompositionRootAndCommandsReadTheSystemClock() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.tollgate.sidecar..", "dev.tollgate.cli..")
                .should()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(InstantSource.class, "system")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(LocalDate.class, "now")
                .check(CLASSES);
    }

    @Test
    void noPackageHasANameThatSaysNothing() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..", "..dto..", "..manager..")
                .check(CLASSES);
    }

    @Test
    void noClassUsesAnotherLibrarysInsides() {
        noClasses()
                .that()
                .doNotHaveSimpleName("DataPort")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..impl..")
                .check(CLASSES);
    }

    /** native-image runs static initializers at build time and refuses a Netty buffer among what they make. */
    @Test
    void noBufferIsStatic() {
        noFields().that().haveRawType(Buffer.class).should().beStatic().check(CLASSES);
    }
}
