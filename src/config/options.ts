/** The one table of options: of the file, the environment, `new QueueTasks` and the command line alike. */
import { MAX_TIMER_MS } from "../core/max-timer.ts";
import {
  address,
  flag,
  list,
  listener,
  oneOf,
  option,
  optional,
  text,
  whole,
  type Option,
} from "./option.ts";

export const OPTIONS = {
  url: option({
    kind: text,
    default: "sqlite:./qtasks.db",
    description: "Broker and storage in one: memory:, sqlite:PATH, redis://… or rediss://…",
  }),
  broker: option({
    kind: optional(text),
    default: undefined,
    description: "URL of the broker, where it is not the storage. Default: url.",
  }),
  storage: option({
    kind: optional(text),
    default: undefined,
    description: "URL of the storage, where it is not the broker. Default: url.",
  }),
  server: option({
    kind: optional(address),
    default: undefined,
    description:
      "gRPC address of a server to work for and to call, instead of a broker and storage; false for none.",
  }),
  grpc: option({
    kind: listener,
    default: "127.0.0.1:50051",
    description: "Where the server listens for gRPC; port 0 for any, false for none.",
  }),
  http: option({
    kind: listener,
    default: "127.0.0.1:8080",
    description: "Where the server listens for HTTP; port 0 for any, false for none.",
  }),
  token: option({
    kind: optional(text),
    default: undefined,
    secret: true,
    description: "What callers must send, and what is sent to `server`.",
  }),
  tlsCert: option({
    kind: optional(text),
    default: undefined,
    description: "PEM file with the server's certificate; needs tlsKey.",
  }),
  tlsKey: option({
    kind: optional(text),
    default: undefined,
    description: "PEM file with the key of tlsCert.",
  }),
  tls: option({
    kind: flag,
    default: false,
    description: "Connect to `server` by TLS, trusting the system's authorities.",
  }),
  tlsCa: option({
    kind: optional(text),
    default: undefined,
    description: "PEM file with the authority of the server's certificate; connects by TLS.",
  }),
  insecure: option({
    kind: flag,
    default: false,
    description: "Listen beyond this machine without TLS or token; send the token without TLS.",
  }),
  corsOrigins: option({
    kind: optional(list),
    default: undefined,
    description: "Origins of web pages that may call, or *. Default: those on this machine.",
  }),
  metrics: option({
    kind: flag,
    default: true,
    description: "Show metrics for Prometheus at /metrics, where `qtasks serve` runs the app.",
  }),
  slots: option({
    kind: whole(1, 10_000),
    default: 100,
    description: "Attempts that the worker runs at once.",
  }),
  queues: option({
    kind: list,
    default: [] as readonly string[],
    description: "Queues that the worker takes from. Default: those of its tasks.",
  }),
  workerId: option({
    kind: optional(text),
    default: undefined,
    description: "The worker's name, for people. Default: host, pid and something random.",
  }),
  buildId: option({
    kind: optional(text),
    default: undefined,
    description: "Version of the worker's code, for people.",
  }),
  graceMs: option({
    kind: whole(0, MAX_TIMER_MS),
    default: 25_000,
    description: "How long handlers may finish when the worker stops, in ms.",
  }),
  logLevel: option({
    kind: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    default: "info",
    description: "The least level that is logged, where no logger is handed in.",
  }),
} as const;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<O> = O extends Option<infer T> ? T : never;

/** Every option with its value. */
export type Config = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> };

/** Options as they are given; all may be left out. */
export type ConfigArguments = {
  readonly [K in OptionName]?: (K extends "server" ? Config[K] | false : Config[K]) | undefined;
};

/** The variable of an option: `QTASKS_GRACE_MS` for `graceMs`. */
export function variableOf(name: OptionName): string {
  return `QTASKS_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`;
}
