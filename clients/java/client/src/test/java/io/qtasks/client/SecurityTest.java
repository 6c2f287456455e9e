package io.qtasks.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import io.qtasks.client.testing.TestServer;
import io.qtasks.client.worker.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SecurityTest {
  @TempDir Path folder;

  @Test
  void tlsAndToken() throws Exception {
    makeCertificate();
    Path cert = folder.resolve("cert.pem");
    try (var server =
        TestServer.memory(
            "--token",
            "secret",
            "--tls-cert",
            cert.toString(),
            "--tls-key",
            folder.resolve("key.pem").toString())) {
      var trusting = TlsChannelCredentials.newBuilder().trustManager(cert.toFile()).build();
      var right = Endpoint.builder(server.address()).credentials(trusting).token("secret").build();
      try (var worker = Worker.builder(right).build();
          var client = QTasksClient.connect(right, ClientOptions.DEFAULTS)) {
        worker.handle("secured", Object.class, (input, attempt) -> input).start();
        assertEquals("x", client.run("secured", "x", String.class));
      }
      refused(Endpoint.builder(server.address()).credentials(trusting).token("other").build());
      try (var client =
          QTasksClient.connect(
              Endpoint.builder(server.address()).tls().token("secret").build(),
              ClientOptions.DEFAULTS)) {
        assertEquals(
            "SERVER_UNREACHABLE",
            assertThrows(QTasksException.class, () -> client.get("x")).reason());
      }
    }
  }

  private static void refused(Endpoint wrong) {
    try (var client = QTasksClient.connect(wrong, ClientOptions.DEFAULTS);
        var worker = Worker.builder(wrong).build()) {
      var error = assertThrows(QTasksException.class, () -> client.get("x"));
      assertEquals(Status.Code.UNAUTHENTICATED, error.code());
      assertEquals("TOKEN_INVALID", error.reason());
      worker.handle("secured", Object.class, (input, attempt) -> input);
      assertEquals("TOKEN_INVALID", assertThrows(QTasksException.class, worker::start).reason());
    }
  }

  /** One of this machine, signed by itself. */
  private void makeCertificate() throws Exception {
    Path store = folder.resolve("store.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    run(
        keytool,
        "-genkeypair",
        "-alias",
        "server",
        "-keyalg",
        "EC",
        "-dname",
        "CN=localhost",
        "-ext",
        "SAN=ip:127.0.0.1",
        "-validity",
        "1",
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
        "-keystore",
        store.toString());
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    pem("cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
    pem("key.pem", "PRIVATE KEY", keys.getKey("server", "changeit".toCharArray()).getEncoded());
  }

  private void pem(String file, String kind, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
  }

  private static void run(String... command) throws Exception {
    assertEquals(
        0,
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor());
  }
}
