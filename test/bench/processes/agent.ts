/** A measured process, and the calls that the benchmark makes to it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AnswerMessage, Functions } from "./serve-calls.ts";
import { reapProcess } from "../../support/reaper.ts";

/** How to start one. */
export interface AgentOptions {
  /** A script of ours and its arguments. */
  readonly args: readonly string[];
  /** Resolves `ready` with the match in a line on stderr; unset: ready at once. */
  readonly readyLine?: RegExp;
}

type Params<F> = F extends (params: infer P) => unknown ? P : never;
type Result<F> = F extends (params: never) => infer R ? Awaited<R> : never;

const STOP_PATIENCE_MS = 10_000;

/** A Node process that was started with a channel for calls. It dies with this process at the latest. */
export class Agent<F extends Functions> {
  readonly pid: number;
  readonly ready: Promise<RegExpExecArray | undefined>;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;
  #errors = "";

  constructor({ args, readyLine }: AgentOptions) {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      serialization: "advanced",
    });
    reapProcess(child);
    if (child.pid === undefined) throw new Error(`${args[0]} did not start`);
    this.pid = child.pid;
    this.#child = child;
    this.#exit = once(child, "exit");
    this.ready = readyLine === undefined ? Promise.resolve(undefined) : this.#lineOf(readyLine);
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-20_000);
    });
    child.on("message", (message: AnswerMessage) => this.#settle(message));
    child.once("exit", () => this.#fail());
  }

  /** Calls a function of the process. Rejects when it throws, or when the process ends. */
  call<K extends keyof F & string>(name: K, params: Params<F[K]>): Promise<Result<F[K]>> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#child.send({ id, name, params }, (error) => {
      if (error !== null) this.#settle({ id, error: this.#message(error.message) });
    });
    return pending.promise as Promise<Result<F[K]>>;
  }

  /** Ends it in order (SIGTERM), by SIGKILL when it does not end by itself. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), STOP_PATIENCE_MS);
    await this.#exit;
    clearTimeout(force);
  }

  #settle(message: AnswerMessage): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("error" in message) pending?.reject(new Error(message.error));
    else pending?.resolve(message.result);
  }

  #fail(): void {
    for (const id of this.#pending.keys()) this.#settle({ id, error: this.#message("it ended") });
  }

  #message(what: string): string {
    return `process ${this.pid} (${this.#child.spawnargs.slice(1, 4).join(" ")}): ${what}\n${this.#errors}`;
  }

  #lineOf(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.#errors);
        if (found !== null) resolve(found);
      };
      // Behind the listener that gathers what is looked at.
      setImmediate(() => this.#child.stderr!.on("data", look));
      this.#child.once("close", () => reject(new Error(this.#message("it ended"))));
    });
  }
}
