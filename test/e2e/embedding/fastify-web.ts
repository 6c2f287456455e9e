/** The Fastify example: a task server, and web processes that reach it in either way. */
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BACKENDS, ROOT, startServe, type Serve, type ServeOptions } from "../serve.ts";
import { call, EMBEDDING, startWeb, type Web, type WebEnv } from "./web.ts";

// With tasks of another kind beside the example's.
const HANDLERS = [
  join(EMBEDDING, "fastify/handlers.ts"),
  join(ROOT, "examples/browser/handlers.ts"),
];

/** How a web process reaches its tasks. */
export type Reach = "by gRPC address" | "by broker URL";

/** Both ways, for `describe`. */
export const REACHES: readonly Reach[] = ["by gRPC address", "by broker URL"];

/** A task server, with web processes as many as a test starts. */
export class FastifyScene {
  server: Serve;
  readonly #t: TestContext;
  readonly #options: ServeOptions;
  readonly #env: WebEnv;

  private constructor(t: TestContext, server: Serve, options: ServeOptions, env: WebEnv) {
    this.#t = t;
    this.server = server;
    this.#options = options;
    this.#env = env;
  }

  /** A task server that is up. */
  static async start(t: TestContext, reach: Reach): Promise<FastifyScene> {
    const isRemote = reach === "by gRPC address";
    const url = await BACKENDS[isRemote ? "sqlite" : "redis"]!();
    const options = { url, app: HANDLERS };
    const server = await startServe(t, options);
    const env: WebEnv = isRemote ? { QTASKS_SERVER: server.grpc } : { QTASKS_URL: url };
    return new FastifyScene(t, server, options, env);
  }

  startWeb(): Promise<Web> {
    return startWeb(this.#t, join(EMBEDDING, "fastify/main.ts"), this.#env);
  }

  async killServer(): Promise<void> {
    this.server.process.kill("SIGKILL");
    await this.server.process.exit;
  }

  /** On the address that it had. */
  async restartServer(): Promise<void> {
    this.server = await startServe(this.#t, { ...this.#options, grpc: this.server.grpc });
  }
}

/** Waits until a worker has the task. Throws where it has ended: then the test's quote was too short for this machine. */
export async function untilRunning(web: Web, taskId: string): Promise<void> {
  for (;;) {
    const { status, body } = await call(web, `/tasks/${taskId}`);
    if (body["state"] === "RUNNING") return;
    // The request that enqueues it may still be on its way.
    if (status !== 202 && status !== 404) throw new Error(`${taskId} has ended`);
    await sleep(20);
  }
}
