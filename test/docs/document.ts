/** Runs the blocks of one document, in their order, in one folder. */
import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import {
  startCli,
  startNode,
  startProcess,
  type Finished,
  type RunningProcess,
} from "../support/process.ts";
import { tempFolder } from "../support/temp.ts";
import { placeOf } from "./blocks.ts";
import { assertPrinted } from "./output.ts";
import { Places } from "./places.ts";
import type { Plan } from "./plan.ts";
import { ROOT } from "./project.ts";

export interface Document {
  /** Where its programs are, under their names. */
  readonly folder: string;
  readonly plans: readonly Plan[];
  /** How long one block may take, in ms. @default 60,000 */
  readonly limitMs?: number;
}

/** Fails where a block ends with another code than 0, prints something else than it should, or takes too long. */
export async function runDocument(t: TestContext, document: Document): Promise<void> {
  const { folder, plans, limitMs = 60_000 } = document;
  const code = plans.map(({ block }) => block.code).join("");
  const run = new DocumentRun(t, folder, await Places.of(code, tempFolder()), limitMs);
  run.write(plans);
  for (const plan of plans) await run.block(plan);
  // After a block that failed the end of the test kills the others.
  await run.end();
}

class DocumentRun {
  readonly #t: TestContext;
  readonly #folder: string;
  readonly #places: Places;
  readonly #limitMs: number;
  readonly #background: { readonly running: RunningProcess; readonly place: string }[] = [];
  #server: { readonly app: string; readonly running: RunningProcess } | undefined;

  constructor(t: TestContext, folder: string, places: Places, limitMs: number) {
    this.#t = t;
    this.#folder = folder;
    this.#places = places;
    this.#limitMs = limitMs;
  }

  /** Programs may import those that come later. */
  write(plans: readonly Plan[]): void {
    for (const { file, kind, block } of plans)
      if (file !== undefined && kind !== "fragment")
        writeFileSync(join(this.#folder, file), this.#places.in(block.code));
  }

  async block(plan: Plan): Promise<void> {
    if (plan.kind === "data" || plan.kind === "fragment" || plan.kind === "not run") return;
    if (plan.serve !== undefined) await this.#serve(plan.serve);
    const running = plan.kind === "shell" ? this.#startShell(plan) : this.#startProgram(plan);
    if (plan.until !== undefined) {
      this.#background.push({ running, place: placeOf(plan.block) });
      await running.waitForLine(plan.until, this.#limitMs);
      return;
    }
    running.stdin.end();
    const finished = await within(running, this.#limitMs);
    assertEnded(finished, placeOf(plan.block));
    if (plan.block.output === undefined) return;
    assertPrinted(this.#places.from(finished.stdout), plan.block.output, placeOf(plan.block));
  }

  /** What still runs is told to end, the last first, and does so in order. */
  async end(): Promise<void> {
    await this.#stopServer();
    for (const { running, place } of this.#background.toReversed()) {
      running.kill("SIGTERM");
      assertEnded(await within(running, this.#limitMs), place);
    }
  }

  #startProgram({ file = "" }: Plan): RunningProcess {
    const args = file.endsWith(".test.ts") ? ["--test", file] : [file];
    return startNode(this.#t, args, { cwd: this.#folder, env: this.#env });
  }

  #startShell({ block, atCheckout }: Plan): RunningProcess {
    const cwd = atCheckout ? ROOT : this.#folder;
    const server: Record<string, string> = atCheckout ? { QTASKS_SERVER: this.#places.grpc } : {};
    const script = this.#places.in(block.code).replaceAll(/\bnpx qtasks\b/g, "qtasks");
    // What it leaves in the background ends with it.
    const ended = "trap 'for job in $(jobs -p); do kill $job; done; wait' EXIT\n";
    const args = ["-euo", "pipefail", "-c", ended + script];
    return startProcess(this.#t, "bash", args, { cwd, env: { ...this.#env, ...server } });
  }

  get #env(): Record<string, string> {
    const bins = [join(this.#folder, "node_modules/.bin"), join(ROOT, "node_modules/.bin")];
    const path = [...bins, process.env["PATH"] ?? ""].join(delimiter);
    // Without it a `node --test` within a test would speak to that one.
    return { ...this.#places.env, PATH: path, NODE_TEST_CONTEXT: "" };
  }

  async #serve(app: string): Promise<void> {
    if (this.#server?.app === app) return;
    await this.#stopServer();
    const own = join(this.#folder, app);
    const file = existsSync(own) ? own : join(ROOT, app);
    const { grpc, http } = this.#places;
    const args = ["serve", "--url", "memory:", "--grpc", grpc, "--http", http, "--app", file];
    const running = startCli(this.#t, args, { cwd: ROOT });
    this.#server = { app, running };
    await running.waitForLine(/serves gRPC on/, this.#limitMs);
  }

  async #stopServer(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.running.kill("SIGTERM");
    await server?.running.exit;
  }
}

function assertEnded({ code, signal, stdout, stderr }: Finished, place: string): void {
  assert.equal(code, 0, `${place} ended with ${code ?? signal}:\n${stdout}${stderr}`);
}

async function within(running: RunningProcess, limitMs: number): Promise<Finished> {
  const timer = setTimeout(() => running.kill("SIGKILL"), limitMs);
  try {
    return await running.finished;
  } finally {
    clearTimeout(timer);
  }
}
