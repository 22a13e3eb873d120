package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** boto3 and the JavaScript SDK, where they are at hand: the scripts of src/test/sdk. */
class OtherSdksIT {

    private static int run(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(new File("target", "sdk-" + new File(command.get(0)).getName() + ".log"))
                    .start()
                    .waitFor();
        } catch (Exception e) {
            return -1;
        }
    }

    private static void check(List<String> command) {
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = RealRedis.start();
                SidecarProcess sidecar = SidecarProcess.serve(upstream.settings(
                        redis,
                        "TOLLGATE_LEDGER_RECOVERY",
                        "0ms",
                        "TOLLGATE_POLICY_FILE",
                        Upstreams.policy("limits: [ { name: two, budget: { requests: 2, per: day } } ]")
                                .toString()))) {
            List<String> all = new ArrayList<>(command);
            all.add(sidecar.uri().toString());
            assertEquals(0, run(all), "see target/sdk-*.log");
        }
    }

    @TestFactory
    List<DynamicTest> theSdksAtHandAreServedUnmodified() {
        List<DynamicTest> tests = new ArrayList<>();
        if (run(List.of("python3", "-c", "import boto3")) == 0) {
            tests.add(DynamicTest.dynamicTest("boto3", () -> check(List.of("python3", "src/test/sdk/boto3_check.py"))));
        }
        String modules = System.getProperty("tollgate.node-modules", "");
        if (!modules.isBlank()) {
            String script = new File(new File(modules).getParentFile(), "javascript_check.mjs").getPath();
            assertEquals(0, run(List.of("cp", "src/test/sdk/javascript_check.mjs", script)));
            tests.add(DynamicTest.dynamicTest("JavaScript", () -> check(List.of("node", script))));
        }
        return tests;
    }
}
