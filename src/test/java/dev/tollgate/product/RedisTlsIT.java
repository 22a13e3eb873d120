package dev.tollgate.product;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.tollgate.harness.Certificate;
import dev.tollgate.harness.Http;
import dev.tollgate.harness.Ports;
import dev.tollgate.harness.RealRedis;
import dev.tollgate.harness.SidecarProcess;
import dev.tollgate.harness.Upstreams;
import org.junit.jupiter.api.Test;

/** {@code rediss://} verifies that the certificate is for the host that was asked for, without any setting. */
class RedisTlsIT {

    private static RealRedis redis(Certificate certificate, int tlsPort) {
        return RealRedis.start(
                "--tls-port",
                String.valueOf(tlsPort),
                "--tls-cert-file",
                certificate.certificate().toString(),
                "--tls-key-file",
                certificate.key().toString(),
                "--tls-auth-clients",
                "no");
    }

    private static SidecarProcess sidecar(Upstreams upstream, Certificate certificate, int tlsPort) {
        return SidecarProcess.serve(upstream.settings(
                "TOLLGATE_LEDGER",
                "redis",
                "TOLLGATE_REDIS_URL",
                "rediss://127.0.0.1:" + tlsPort,
                "QUARKUS_REDIS_TLS_TRUST_CERTIFICATE_PEM",
                "true",
                "QUARKUS_REDIS_TLS_TRUST_CERTIFICATE_PEM_CERTS",
                certificate.certificate().toString(),
                "TOLLGATE_POLICY_FILE",
                Upstreams.policy("limits: [ { name: day, budget: { usd: 5, per: day } } ]")
                        .toString()));
    }

    @Test
    void aCertificateForTheHostIsAccepted() {
        Certificate certificate = Certificate.of("ip:127.0.0.1");
        int port = Ports.free();
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = redis(certificate, port);
                SidecarProcess sidecar = sidecar(upstream, certificate, port)) {
            Ports.await(
                    "a call to be admitted through " + redis.port(),
                    () -> Http.post(sidecar, Http.NOVA + "converse", Http.converse(2))
                                    .statusCode()
                            == 200);
        }
    }

    @Test
    void aTrustedCertificateForAnotherHostIsRefused() {
        Certificate certificate = Certificate.of("dns:other.example");
        int port = Ports.free();
        try (Upstreams upstream = Upstreams.start();
                RealRedis redis = redis(certificate, port);
                SidecarProcess sidecar = sidecar(upstream, certificate, port)) {
            assertEquals(
                    503,
                    Http.post(sidecar, Http.NOVA + "converse", Http.converse(2)).statusCode());
            assertEquals(0, sidecar.metric("tollgate_ledger_up"));
            assertTrue(redis.command("DBSIZE").startsWith(":0"), "nothing was written");
        }
    }
}
