/** What a server is made with, and the checks that refuse to start an open one by mistake. */
import type { DescFile } from "@bufbuild/protobuf";
import type { Logger } from "pino";

import { file_qtasksapi_v1_options } from "../../gen/qtasksapi/v1/options_pb.ts";
import { QTasksError } from "../core/errors.ts";
import { addressWithPort, parseAddress, type Address } from "./address.ts";
import type { DurableCalls } from "./durable/durable-calls.ts";
import { refuseReserved } from "./http/reserved-paths.ts";
import { DEFAULT_LIMITS, type EdgeLimits } from "./limits.ts";
import type { ServerHooks } from "./hooks.ts";
import type { CheckReadiness } from "./readiness.ts";
import type { ServiceDefinition } from "./service.ts";
import type { TlsOptions } from "./tls.ts";

/** Options of {@link Server}. */
export interface ServerOptions {
  /** Mounted on both listeners. */
  readonly services: readonly ServiceDefinition[];
  /** Calls of users' own methods. @default there are none */
  readonly durable?: DurableCalls | undefined;
  readonly logger: Logger;
  /** `host:port` of the gRPC listener, port 0 for any, or false for none. @default "127.0.0.1:50051" */
  readonly grpc?: string | false | undefined;
  /** `host:port` of the HTTP listener, port 0 for any, or false for none. @default "127.0.0.1:8080" */
  readonly http?: string | false | undefined;
  /** What `/readyz` and health answer while the server doesn't drain. @default always ready */
  readonly readiness?: CheckReadiness | undefined;
  /** How long calls may take to end when the server stops, in ms. @default 10,000 */
  readonly graceMs?: number | undefined;
  /** TLS for both listeners. @default none */
  readonly tls?: TlsOptions | undefined;
  /** What callers must send as `authorization: Bearer <token>`. @default none */
  readonly token?: string | undefined;
  /** Listens beyond loopback without TLS or without a token. @default false */
  readonly insecure?: boolean | undefined;
  /** Origins of web pages that may call, or `*`. @default all on loopback */
  readonly corsOrigins?: readonly string[] | undefined;
  readonly limits?: Partial<EdgeLimits> | undefined;
  /** Files for reflection and schema that no service imports. @default the task options */
  readonly schemaFiles?: readonly DescFile[] | undefined;
  /** @default none */
  readonly hooks?: ServerHooks | undefined;
}

/** Complete and checked. */
export interface ResolvedServerOptions {
  readonly services: readonly ServiceDefinition[];
  readonly durable: DurableCalls | undefined;
  readonly logger: Logger;
  readonly grpc: Address | undefined;
  readonly http: Address | undefined;
  readonly readiness: CheckReadiness;
  readonly graceMs: number;
  readonly tls: TlsOptions | undefined;
  readonly token: string | undefined;
  readonly corsOrigins: readonly string[] | undefined;
  readonly limits: EdgeLimits;
  readonly schemaFiles: readonly DescFile[];
  readonly hooks: ServerHooks;
}

/**
 * Applies the defaults.
 * @throws QTasksError CONFIG_INVALID for an address that isn't one, for a route where the server has a page of its own,
 * and for a listener that other machines would reach unguarded.
 */
export function resolveOptions(options: ServerOptions): ResolvedServerOptions {
  const resolved: ResolvedServerOptions = Object.freeze({
    services: options.services,
    durable: options.durable,
    logger: options.logger,
    grpc: address("grpc", options.grpc ?? "127.0.0.1:50051"),
    http: address("http", options.http ?? "127.0.0.1:8080"),
    readiness: options.readiness ?? (async () => ({ ready: true, checks: [] })),
    graceMs: options.graceMs ?? 10_000,
    tls: options.tls,
    token: options.token,
    corsOrigins: options.corsOrigins,
    limits: Object.freeze({ ...DEFAULT_LIMITS, ...options.limits }),
    schemaFiles: options.schemaFiles ?? [file_qtasksapi_v1_options],
    hooks: options.hooks ?? {},
  });
  refuseReserved(resolved.hooks.routes ?? []);
  if (options.insecure !== true) refuseOpen(resolved);
  return resolved;
}

function address(option: string, value: string | false): Address | undefined {
  return value === false ? undefined : parseAddress(option, value);
}

function refuseOpen(options: ResolvedServerOptions): void {
  if (options.tls !== undefined && options.token !== undefined) return;
  for (const option of ["grpc", "http"] as const) {
    const listener = options[option];
    if (listener === undefined || listener.loopback) continue;
    const where = addressWithPort(listener, listener.port);
    throw new QTasksError(
      "CONFIG_INVALID",
      `${option}: other machines reach ${where}, so it needs tls and a token; ` +
        `listen on 127.0.0.1 or, where the network is trusted, pass insecure`,
      { metadata: { option, address: where } },
    );
  }
}
