/** A client on a server's HTTP address. */
import type { Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { TaskService } from "../../../gen/qtasksapi/v1/task_service_pb.ts";
import { checkToken, isLoopback } from "../../../src/client/address.ts";
import { TaskClient } from "../../../src/client/client.ts";
import type { TaskClientOptions } from "../../../src/client/client-options.ts";
import { repeatsSafely } from "../../../src/client/task-ids.ts";
import { transportCalls } from "../../../src/client/transport-calls.ts";
import { fieldError } from "../../../src/core/errors.ts";
import { checkConfigOptions, type NamesOf } from "../../../src/core/known-options.ts";

export interface ConnectOptions extends Pick<
  TaskClientOptions,
  "timeoutMs" | "patienceMs" | "parkedCalls"
> {
  /** Of the server's HTTP port or of a proxy before it, such as `https://tasks.example.com`. */
  readonly baseUrl: string;
  /** Sent as `authorization: Bearer …` with every call. */
  readonly token?: string | undefined;
  /** Allows a token to be sent beyond this machine without TLS. @default false */
  readonly insecure?: boolean | undefined;
  /** Those of the page. @default the global one */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const KNOWN: NamesOf<ConnectOptions> = {
  baseUrl: true,
  token: true,
  insecure: true,
  fetch: true,
  timeoutMs: true,
  patienceMs: true,
  parkedCalls: true,
};

/** Over HTTP/1.1 a browser opens six connections to a host: awaits leave some for enqueues and watches. */
const PARKED_CALLS = Object.freeze({ long: 2, short: 1 });

/**
 * A client on a server; nothing is sent before the first call. Close it to end what waits and watches. Throws
 * FIELD_VIOLATION for a `baseUrl` that is none, and for a token that would cross a network in clear text; CONFIG_INVALID for
 * an option that there is not.
 */
export function connect(options: ConnectOptions): TaskClient {
  checkConfigOptions("connect", options, KNOWN);
  const { baseUrl, fetch, ...rest } = options;
  const transport = createConnectTransport({
    baseUrl: checked(options),
    useBinaryFormat: true,
    interceptors: [...tokenInterceptors(options.token), repeatsSafely()],
    ...(fetch === undefined ? {} : { fetch }),
  });
  const calls = transportCalls(TaskService, transport, baseUrl);
  return new TaskClient(calls, { parkedCalls: PARKED_CALLS, ...rest });
}

function checked({ baseUrl, token, insecure }: ConnectOptions): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw fieldError(
      "baseUrl",
      `expected a URL such as https://tasks.example.com, not "${baseUrl}"`,
    );
  const isSafe = url.protocol === "https:" || isLoopback(url.hostname.replace(/^\[|\]$/g, ""));
  checkToken({ token, address: baseUrl, isSafe, insecure });
  return baseUrl;
}

function tokenInterceptors(token: string | undefined): Interceptor[] {
  if (token === undefined) return [];
  return [
    (next) => (request) => {
      request.header.set("authorization", `Bearer ${token}`);
      return next(request);
    },
  ];
}
