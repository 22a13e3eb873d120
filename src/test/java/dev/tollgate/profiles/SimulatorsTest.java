package dev.tollgate.profiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tollgate.harness.SimulatedControlPlane;
import dev.tollgate.harness.SimulatedCostExplorer;
import dev.tollgate.harness.Upstreams;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The simulators that stand for AWS here serve AWS's own client unmodified, signatures included. */
class SimulatorsTest {

    private record Ran(int exit, String output) {}

    private static Ran run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes());
            return new Ran(process.waitFor(), output);
        } catch (IOException e) {
            return new Ran(-1, e.toString());
        }
    }

    @Test
    void boto3IsServedByControlPlaneAndCostExplorer() throws Exception {
        assumeTrue(run("python3", "-c", "import boto3").exit == 0, "needs boto3");
        Vertx vertx = Vertx.vertx();
        SimulatedControlPlane controlPlane = new SimulatedControlPlane(vertx, "us-east-1");
        SimulatedCostExplorer costs = new SimulatedCostExplorer(vertx, Set.of("costCenter"));
        controlPlane.throttle("ListInferenceProfiles", 1);
        try {
            Ran ran = run(
                    "python3",
                    "src/test/sdk/boto3_profiles_check.py",
                    controlPlane.url(),
                    costs.url(),
                    Upstreams.SECRET);
            assertEquals(0, ran.exit, ran.output);
        } finally {
            Upstreams.await(vertx.close());
        }
    }
}
