/** A process of the site that is meant to run: killed, frozen and thawed by faults, started again when it is gone. */
import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { reapProcess } from "../../support/reaper.ts";

export interface ProgramInit {
  /** Unique in the site. */
  readonly name: string;
  /** For `node`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its output is kept. */
  readonly folder: string;
  /** A line of its stderr that says that it is ready. */
  readonly ready: RegExp;
  readonly onMessage?: (message: unknown) => void;
}

/** An end that nobody wished for. */
export interface Crash {
  readonly name: string;
  /** Exit code or signal, and the last that it wrote. */
  readonly how: string;
}

const RESTART_MS = 150;
const START_MS = 90_000;
const TAIL_CHARS = 2_000;
/** What a poison task does to its worker. */
const POISONED = "SIGKILL";

/** Started, it is kept running until it is killed or stopped. */
export class Program {
  readonly name: string;
  readonly #init: ProgramInit;
  readonly #log: WriteStream;
  readonly #crashes: Crash[] = [];
  #child: ChildProcess | undefined;
  #gone: Promise<void> = Promise.resolve();
  #ready = Promise.withResolvers<void>();
  #isReady = false;
  #isWanted = false;
  #starts = 0;
  #tail = "";
  /** Of the life before this one. */
  #lastTail = "";

  constructor(init: ProgramInit) {
    this.name = init.name;
    this.#init = init;
    this.#log = createWriteStream(join(init.folder, `${init.name}.log`), { flags: "a" });
  }

  /** Ends that neither a fault nor {@link stop} made. */
  get crashes(): readonly Crash[] {
    return this.#crashes;
  }

  /** Starts so far. */
  get starts(): number {
    return this.#starts;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, without waiting until it is ready; harmless while it runs. */
  run(): void {
    this.#isWanted = true;
    if (this.#child === undefined) this.#spawn();
  }

  /** Starts it and waits until it is ready. Rejects when it is not after a minute and a half, with its last words. */
  async start(): Promise<void> {
    this.run();
    const ready = this.#ready.promise.then(() => true);
    const late = sleep(START_MS, false, { ref: false });
    if (!(await Promise.race([ready, late])))
      throw new Error(`${this.name} does not become ready: ${this.#lastTail || this.#tail}`);
  }

  /** Ends it at once and keeps it down until it is started. */
  async kill(): Promise<void> {
    this.#isWanted = false;
    this.signal("SIGKILL");
    await this.#gone;
  }

  /** Asks it to end, by SIGTERM, and kills it after `graceMs`. */
  async stop(graceMs = 10_000): Promise<void> {
    this.#isWanted = false;
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    await this.#goneWithin(graceMs);
  }

  /** Waits until it has ended by itself, and kills it after `timeoutMs`. False: it had to be killed. */
  async finish(timeoutMs: number): Promise<boolean> {
    this.#isWanted = false;
    return this.#goneWithin(timeoutMs);
  }

  /** SIGSTOP freezes it, SIGCONT thaws it. Harmless when it is gone. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Sends it a message; lost when it is gone. */
  tell(message: object): void {
    if (this.#child?.connected === true) this.#child.send(message, () => undefined);
  }

  async #goneWithin(ms: number): Promise<boolean> {
    const late = new AbortController();
    const timeout = sleep(ms, false, { signal: late.signal }).catch(() => true);
    const ended = await Promise.race([this.#gone.then(() => true), timeout]);
    late.abort();
    if (!ended) await this.kill();
    return ended;
  }

  #spawn(): void {
    this.#starts++;
    const { args, env } = this.#init;
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ...env },
      // A Ctrl-C at the terminal is for the harness, which ends the others.
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    reapProcess(child);
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    child.on("message", (message) => this.#init.onMessage?.(message));
    this.#gone = new Promise((resolve) => {
      child.once("error", (error) => this.#hear(String(error)));
      child.once("close", (code, signal) => {
        this.#ended(code, signal);
        resolve();
      });
    });
  }

  #hear(text: string): void {
    this.#log.write(text);
    this.#tail = (this.#tail + text).slice(-TAIL_CHARS);
    if (this.#isReady || !this.#init.ready.test(this.#tail)) return;
    this.#isReady = true;
    this.#ready.resolve();
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.#log.write(`-- ${this.name} ended: ${code ?? signal}\n`);
    // A start that fails while its datastore is away is no crash: whoever runs servers starts them again.
    if (this.#isWanted && this.#isReady && signal !== POISONED)
      this.#crashes.push({ name: this.name, how: `${code ?? signal}: ${this.#tail}` });
    this.#child = undefined;
    this.#lastTail = this.#tail;
    this.#tail = "";
    if (this.#isReady) this.#ready = Promise.withResolvers();
    this.#isReady = false;
    if (this.#isWanted) setTimeout(() => this.#again(), RESTART_MS);
  }

  #again(): void {
    if (this.#isWanted && this.#child === undefined) this.#spawn();
  }
}
