package dev.tollgate.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
                        "TOLLGATE_LEDGER", "redis",
                        "TOLLGATE_REDIS_URL", redis.url(),
                        "TOLLGATE_LEDGER_RECOVERY", "0ms",
                        "TOLLGATE_POLICY_FILE",
                        Upstreams.policy("limits: [ { name: two, budget: { requests: 2, per: day } } ]")
                                .toString()))) {
            List<String> all = new ArrayList<>(command);
            all.add(sidecar.uri().toString());
            assertEquals(0, run(all), "see target/sdk-*.log");
        }
    }

    @Test
    void boto3IsServedUnmodified() {
        assumeTrue(run(List.of("python3", "-c", "import boto3")) == 0, "boto3 is not at hand");
        check(List.of("python3", "src/test/sdk/boto3_check.py"));
    }

    @Test
    void theJavaScriptSdkIsServedUnmodified() {
        String modules = System.getProperty("tollgate.node-modules", "");
        assumeTrue(!modules.isBlank() && new File(modules).isDirectory(), "the JavaScript SDK is not at hand");
        String script = new File(new File(modules).getParentFile(), "javascript_check.mjs").getPath();
        assumeTrue(run(List.of("cp", "src/test/sdk/javascript_check.mjs", script)) == 0, "cannot copy the script");
        check(List.of("node", script));
    }
}
