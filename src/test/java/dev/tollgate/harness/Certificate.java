package dev.tollgate.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/** A self-signed certificate for one name, as PEM files, made by the JDK's keytool. */
public record Certificate(Path certificate, Path key) {

    private static final char[] PASSWORD = "changeit".toCharArray();

    /** @param name as in keytool's SAN extension, such as {@code ip:127.0.0.1} or {@code dns:redis.example} */
    public static Certificate of(String name) {
        try {
            Path folder = Files.createTempDirectory(Path.of("target"), "certificate");
            Path store = folder.resolve("store.p12");
            run(store, name);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD);
            }
            return new Certificate(
                    pem(folder, "CERTIFICATE", keys.getCertificate("key").getEncoded()),
                    pem(folder, "PRIVATE KEY", keys.getKey("key", PASSWORD).getEncoded()));
        } catch (IOException | GeneralSecurityException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void run(Path store, String name) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "SAN=" + name,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (keytool.waitFor() != 0) {
            throw new IllegalStateException("keytool failed");
        }
    }

    private static Path pem(Path folder, String type, byte[] bytes) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(
                        folder.resolve(type.replace(' ', '-') + ".pem"),
                        "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n")
                .toAbsolutePath();
    }
}
