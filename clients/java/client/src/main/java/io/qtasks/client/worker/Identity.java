package io.qtasks.client.worker;

import io.qtasks.api.v1.RuntimeInfo;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** What a worker tells of the process that it runs in. */
final class Identity {
  private static final String HOST = host();

  private Identity() {}

  /** For people: host, pid, and something random. */
  static String workerId() {
    return HOST
        + ':'
        + ProcessHandle.current().pid()
        + ':'
        + UUID.randomUUID().toString().substring(0, 6);
  }

  static RuntimeInfo runtime() {
    String version = Identity.class.getPackage().getImplementationVersion();
    return RuntimeInfo.newBuilder()
        .setLanguage("java")
        .setLanguageVersion(System.getProperty("java.version"))
        .setSdkName("qtasks-client")
        .setSdkVersion(version == null ? "" : version)
        .setHost(HOST)
        .setPid((int) ProcessHandle.current().pid())
        .build();
  }

  // Printable ASCII, as the server takes it.
  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName().replaceAll("[^\\x21-\\x7a]", "-");
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
