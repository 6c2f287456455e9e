/** A measured program in another language, and the calls that the benchmark makes to it: a line of JSON each way. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { reapProcess } from "../../support/reaper.ts";
import type { AnswerMessage } from "./serve-calls.ts";

/** A program with its arguments; `env` is laid over this process's. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a program that dies with this process at the latest. Its stderr is this process's when `DEBUG` is set. */
export function startProgram(program: Program, stdin: "pipe" | "ignore"): ChildProcess {
  const { command, args, env, cwd } = program;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [
      stdin,
      stdin === "pipe" ? "pipe" : "ignore",
      process.env["DEBUG"] ? "inherit" : "ignore",
    ],
  });
  reapProcess(child);
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return child;
}

/** A program that answers calls one after the other. */
export class LineAgent {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  constructor(program: Program) {
    this.#child = startProgram(program, "pipe");
    this.pid = this.#child.pid!;
    this.#exit = once(this.#child, "exit");
    createInterface({ input: this.#child.stdout! }).on("line", (line) =>
      this.#settle(JSON.parse(line) as AnswerMessage),
    );
    this.#child.once("close", () => this.#fail(`${program.command} ended`));
    // What it means for the calls is told at its end.
    this.#child.stdin!.on("error", () => this.#child.stdin!.destroy());
  }

  /** What the program answers is for the caller to know. */
  call<T>(name: string, params: object): Promise<T> {
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    this.#child.stdin!.write(`${JSON.stringify({ id, name, params })}\n`);
    return pending.promise as Promise<T>;
  }

  /** Ends it at once: it keeps nothing. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.#exit;
  }

  #settle(message: AnswerMessage): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("error" in message) pending?.reject(new Error(message.error));
    else pending?.resolve(message.result);
  }

  #fail(why: string): void {
    for (const id of this.#pending.keys()) this.#settle({ id, error: why });
  }
}
