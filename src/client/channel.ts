/** The connection to a server: where, how it is protected, and when it is tried again. */
import { Client, credentials, Metadata, type ChannelOptions } from "@grpc/grpc-js";

import { checkToken, DEFAULT_ADDRESS, hostOf, isLoopback } from "./address.ts";
import { serviceConfig } from "./service-config.ts";
import { checkConfigOptions, type NamesOf } from "../core/known-options.ts";

/** Certificates in PEM, for TLS beyond what the system trusts. */
export interface ClientTls {
  /** Authorities to trust instead of the system's. */
  readonly ca?: Buffer;
  /** The client's own certificate, with its key. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
  /** Name to check the server's certificate against, where it is not the address's host. */
  readonly serverName?: string;
}

export interface ChannelInit {
  /** `HOST:PORT`. @default {@link DEFAULT_ADDRESS} */
  readonly address?: string | undefined;
  /** Sent as `authorization: Bearer …` with every call. */
  readonly token?: string | undefined;
  /** True trusts the system's authorities; unset: no TLS. */
  readonly tls?: boolean | ClientTls | undefined;
  /** Allows a token to be sent beyond this machine without TLS. @default false */
  readonly insecure?: boolean | undefined;
}

const TLS: NamesOf<ClientTls> = {
  ca: true,
  cert: true,
  key: true,
  serverName: true,
};

/** One connection, shared by all calls over it. It connects on the first call and again when lost. */
export interface GrpcChannel {
  readonly address: string;
  readonly client: Client;
  /** New metadata for one call. */
  metadata(): Metadata;
  /** Ends the connection; calls under way fail. Harmless when repeated. */
  close(): void;
}

/**
 * Opens a channel; nothing is sent before the first call. Throws FIELD_VIOLATION for an address that
 * is none, and for a token that would cross a network in clear text.
 */
export function openChannel(init: ChannelInit = {}): GrpcChannel {
  const { address = DEFAULT_ADDRESS, token, insecure } = init;
  const host = hostOf(address);
  const loopback = isLoopback(host);
  const tls = init.tls === true ? {} : init.tls || undefined;
  if (tls !== undefined) checkConfigOptions("tls", tls, TLS);
  checkToken({ token, address, insecure, isSafe: tls !== undefined || loopback });
  const client = new Client(address, credentialsOf(tls), {
    ...CHANNEL_OPTIONS,
    "grpc.service_config": JSON.stringify(serviceConfig()),
    ...(loopback ? { "grpc.enable_http_proxy": 0 } : {}),
    ...(tls?.serverName === undefined ? {} : { "grpc.ssl_target_name_override": tls.serverName }),
  });
  return {
    address,
    client,
    metadata: () => metadataOf(token),
    close: () => close(client),
  };
}

function close(client: Client): void {
  client.close();
  // An address that was being resolved comes at the end of this turn, and a closed client connects to it for good.
  setImmediate(() => client.close());
}

const CHANNEL_OPTIONS: ChannelOptions = {
  "grpc.primary_user_agent": "qtasks-js",
  // Above the grace that servers give to draining connections: a ping then would kill their calls.
  "grpc.keepalive_time_ms": 60_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 5_000,
  // The server caps its answers by a limit of its own, which may be set above grpc-js's 4 MiB.
  "grpc.max_receive_message_length": 64 * 1024 * 1024,
  "grpc.service_config_disable_resolution": 1,
  // Without it a closed channel leaves its connection open for others that might share it.
  "grpc.use_local_subchannel_pool": 1,
};

function credentialsOf(tls: ClientTls | undefined) {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null);
}

function metadataOf(token: string | undefined): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) metadata.set("authorization", `Bearer ${token}`);
  return metadata;
}
