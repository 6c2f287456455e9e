package io.qtasks.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        "localhost:0",
        "localhost:70000",
        "http://localhost:1",
        "a b:1",
        "::1:50051"
      })
  void whatIsNoAddressIsRefused(String address) {
    var error = assertThrows(QTasksException.class, () -> Endpoint.of(address));
    assertEquals("FIELD_VIOLATION", error.reason());
    assertEquals("address", error.fields().get(0).field());
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:1", "127.0.0.1:50051", "[::1]:50051", "tasks.example.com:443"})
  void addressesAreTaken(String address) {
    assertEquals(address, Endpoint.of(address).address());
  }

  @Test
  void aTokenNeedsTlsBeyondThisMachine() {
    var remote = Endpoint.builder("tasks.example.com:50051").token("secret");
    var error = assertThrows(QTasksException.class, remote::build);
    assertEquals("token", error.fields().get(0).field());
    assertTrue(remote.insecure().build().token().isPresent());
    assertTrue(
        Endpoint.builder("tasks.example.com:443")
            .token("secret")
            .tls()
            .build()
            .token()
            .isPresent());
    assertTrue(Endpoint.builder("127.0.0.1:50051").token("secret").build().token().isPresent());
  }

  @Test
  void optionsAreChecked() {
    assertThrows(QTasksException.class, () -> ClientOptions.DEFAULTS.withTimeout(Duration.ZERO));
    assertThrows(
        QTasksException.class, () -> ClientOptions.DEFAULTS.withPatience(Duration.ofMillis(-1)));
    assertThrows(QTasksException.class, () -> EnqueueOptions.DEFAULTS.delay(Duration.ofMillis(-1)));
  }
}
