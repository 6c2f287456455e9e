/** Web processes of the examples, and what a client of theirs sees. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { startNode, type RunningProcess } from "../../support/process.ts";
import { ROOT } from "../serve.ts";

/** The folder of the examples. */
export const EMBEDDING = join(ROOT, "examples/embedding");

/** A web process that listens. */
export interface Web {
  readonly process: RunningProcess;
  /** `http://HOST:PORT` */
  readonly url: string;
}

/** Where it keeps its tasks, or where the task server is. */
export type WebEnv = Readonly<Record<string, string>>;

/** Starts the program on a free port, with listeners of QTasks on free ports too. It is killed when the test ends. */
export async function startWeb(t: TestContext, main: string, env: WebEnv): Promise<Web> {
  const ports = { PORT: "0", QTASKS_GRPC: "127.0.0.1:0", QTASKS_HTTP: "127.0.0.1:0" };
  const process = startNode(t, [main], { env: { ...ports, ...env } });
  const [, url = ""] = await process.waitForLine(/^web: (\S+)$/, 30_000);
  return { process, url };
}

export interface Call {
  /** Sent as JSON, or as it is where it is a text; the method is POST then. */
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call, and its answer's JSON. */
export async function call(
  { url }: Pick<Web, "url">,
  path: string,
  init: Call = {},
): Promise<Answer> {
  const { body, headers, signal } = init;
  const method = init.method ?? (body === undefined ? "GET" : "POST");
  const response = await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const json = (await response.json()) as Answer["body"];
  return { status: response.status, headers: response.headers, body: json };
}

/** So many items, for a quote that takes a tenth of a second for each. */
export function itemsFor(tenths: number): string[] {
  return Array.from({ length: tenths }, () => "bolt");
}
