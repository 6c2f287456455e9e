/** A real server process for end-to-end tests. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { connect, type TaskClient } from "../../src/client/index.ts";
import { randomPrefix, redisUrl } from "../support/redis.ts";
import { startCli, type RunningProcess } from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";

/** The checkout. */
export const ROOT = join(import.meta.dirname, "../..");

/** Tasks of these tests, as `--app` takes them. */
export const HANDLERS = join(import.meta.dirname, "handlers.ts");

export interface ServeOptions {
  /** @default memory: */
  readonly url?: string;
  /** Files with handlers. @default those of these tests */
  readonly app?: readonly string[];
  /** `HOST:PORT`. @default a free port */
  readonly grpc?: string;
  readonly args?: readonly string[];
  /** The server's current folder. @default a new one */
  readonly cwd?: string;
}

/** A server that listens. */
export interface Serve {
  readonly process: RunningProcess;
  /** `HOST:PORT` */
  readonly grpc: string;
  /** `http://HOST:PORT` */
  readonly http: string;
}

/** Starts `qtasks serve` and waits until it listens. It is killed when the test ends. */
export async function startServe(t: TestContext, options: ServeOptions = {}): Promise<Serve> {
  const process = spawnServe(t, options);
  const [, grpc = "", http = ""] = await process.waitForLine(LISTENS, 30_000);
  return { process, grpc, http: `http://${http}` };
}

/** As {@link startServe}, without waiting: for servers that should refuse to start. */
export function spawnServe(t: TestContext, options: ServeOptions = {}): RunningProcess {
  const { url = "memory:", app = [HANDLERS], grpc = "127.0.0.1:0", args = [] } = options;
  const files = app.flatMap((file) => ["--app", file]);
  const listeners = ["--grpc", grpc, "--http", "127.0.0.1:0"];
  const cwd = options.cwd ?? tempFolder();
  return startCli(t, ["serve", "--url", url, ...listeners, ...files, ...args], { cwd });
}

const LISTENS = /serves gRPC on (\S+:\d+), HTTP on (\S+:\d+)/;

/** A client on the server, closed when the test ends. */
export function clientOf(t: TestContext, { grpc }: Pick<Serve, "grpc">): TaskClient {
  const client = connect({ address: grpc });
  t.after(() => client.close());
  return client;
}

/** The backends, each with a URL of fresh data. */
export const BACKENDS: Readonly<Record<string, () => Promise<string>>> = {
  memory: async () => "memory:",
  sqlite: async () => `sqlite:${join(tempFolder(), "tasks.db")}`,
  redis: async () => `${await redisUrl()}?prefix=${randomPrefix()}`,
};

/** A call as a browser or `curl` makes it: JSON over HTTP. */
export async function callJson(
  { http }: Pick<Serve, "http">,
  method: string,
  body: object,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${http}/qtasksapi.v1.${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
