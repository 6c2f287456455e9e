package io.qtasks.client;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server is and how the connection to it is protected. Immutable; nothing is opened by it.
 */
public final class Endpoint {
  /** Where a server listens unless told otherwise. */
  public static final String DEFAULT_ADDRESS = "127.0.0.1:50051";

  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^\\s:/\\[\\]]+)):(\\d{1,5})");
  private static final Pattern LOOPBACK = Pattern.compile("localhost|::1|127(\\.\\d{1,3}){3}");

  private final String address;
  private final String token;
  private final ChannelCredentials credentials;
  private final String serverName;

  private Endpoint(Builder builder) {
    this.address = builder.address;
    this.token = builder.token;
    this.credentials = builder.credentials;
    this.serverName = builder.serverName;
    String host = hostOf(address);
    boolean isOpen = credentials instanceof InsecureChannelCredentials;
    if (token != null && isOpen && !LOOPBACK.matcher(host).matches() && !builder.insecure)
      throw QTasksException.field(
          "token", "can't be sent to " + address + " without TLS unless insecure is set");
  }

  /**
   * A server reached in clear text, without a token.
   *
   * @param address {@code HOST:PORT}
   * @return the endpoint
   * @throws QTasksException FIELD_VIOLATION where the address is none
   */
  public static Endpoint of(String address) {
    return builder(address).build();
  }

  /**
   * A server with a token, with TLS, or both.
   *
   * @param address {@code HOST:PORT}
   * @return a builder
   */
  public static Builder builder(String address) {
    return new Builder(address);
  }

  /**
   * {@code HOST:PORT}.
   *
   * @return the address
   */
  public String address() {
    return address;
  }

  /**
   * Sent as {@code authorization: Bearer …} with every call.
   *
   * @return the token, if there is one
   */
  public Optional<String> token() {
    return Optional.ofNullable(token);
  }

  /**
   * How the connection is protected.
   *
   * @return gRPC's credentials
   */
  public ChannelCredentials credentials() {
    return credentials;
  }

  /**
   * The name that the server's certificate is checked against, where it is not the address's host.
   *
   * @return the name, if one was set
   */
  public Optional<String> serverName() {
    return Optional.ofNullable(serverName);
  }

  private static String hostOf(String address) {
    Matcher match = ADDRESS.matcher(address);
    boolean matches = match.matches();
    int port = matches ? Integer.parseInt(match.group(3)) : 0;
    if (port < 1 || port > 65_535)
      throw QTasksException.field(
          "address", "expected HOST:PORT, such as " + DEFAULT_ADDRESS + ", not \"" + address + '"');
    return match.group(1) != null ? match.group(1) : match.group(2);
  }

  /** Collects what an {@link Endpoint} is made of. */
  public static final class Builder {
    private final String address;
    private String token;
    private ChannelCredentials credentials = InsecureChannelCredentials.create();
    private String serverName;
    private boolean insecure;

    private Builder(String address) {
      this.address = Objects.requireNonNull(address, "address");
    }

    /**
     * A token to send with every call. Beyond this machine it needs TLS, or {@link #insecure}.
     *
     * @param token the token, without {@code Bearer}
     * @return this builder
     */
    public Builder token(String token) {
      this.token = token;
      return this;
    }

    /**
     * TLS that trusts the authorities of the Java runtime.
     *
     * @return this builder
     */
    public Builder tls() {
      return credentials(TlsChannelCredentials.create());
    }

    /**
     * TLS with authorities or certificates of one's own, as made by {@link
     * TlsChannelCredentials#newBuilder}.
     *
     * @param credentials gRPC's credentials
     * @return this builder
     */
    public Builder credentials(ChannelCredentials credentials) {
      this.credentials = Objects.requireNonNull(credentials, "credentials");
      return this;
    }

    /**
     * The name that the server's certificate has, where it is not the address's host.
     *
     * @param serverName a host name
     * @return this builder
     */
    public Builder serverName(String serverName) {
      this.serverName = serverName;
      return this;
    }

    /**
     * Allows the token to be sent beyond this machine in clear text.
     *
     * @return this builder
     */
    public Builder insecure() {
      this.insecure = true;
      return this;
    }

    /**
     * Checks what was set.
     *
     * @return the endpoint
     * @throws QTasksException FIELD_VIOLATION for an address that is none, and for a token that
     *     would cross a network in clear text
     */
    public Endpoint build() {
      return new Endpoint(this);
    }
  }
}
