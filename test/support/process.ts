/** Runs real processes in tests: captured output, lines to wait for, signals by pid, nothing left behind. */
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { reapProcess } from "./reaper.ts";

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** `env` is laid over this process's; `cwd` is the current folder by default. */
export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a finished process printed, and how it ended. */
export interface Finished extends Exit {
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = join(import.meta.dirname, "../../bin/qtasks.js");

/** Starts `qtasks ARGS…` from this checkout. The process is killed when the test ends. */
export function startCli(
  t: TestContext,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  return startNode(t, [CLI, ...args], options);
}

/** Runs `qtasks ARGS…` to its end, with `input` on its stdin (nothing by default). */
export function runCli(
  t: TestContext,
  args: readonly string[],
  options: ProcessOptions & { readonly input?: string } = {},
): Promise<Finished> {
  const started = startCli(t, args, options);
  started.stdin.end(options.input ?? "");
  return started.finished;
}

/** Starts `node ARGS…` with the Node that runs the tests. The process is killed when the test ends. */
export function startNode(
  t: TestContext,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  return startProcess(t, process.execPath, args, options);
}

/** Starts any program. The process is killed when the test ends, or when the test process dies. */
export function startProcess(
  t: TestContext,
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): RunningProcess {
  const running = new RunningProcess(
    spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env } }),
  );
  t.after(async () => {
    running.kill("SIGKILL");
    await running.exit;
  });
  return running;
}

/** A child process under test. */
export class RunningProcess {
  /** Settles when the process is gone and all its output was read; rejects when it could not be started. */
  readonly exit: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #output = { stdout: "", stderr: "" };
  #closed = false;

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    reapProcess(child);
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => (this.#output[name] += text));
    }
    child.once("close", () => (this.#closed = true));
    // A child that is gone before it read its input is told apart by its exit.
    child.stdin.on("error", () => child.stdin.destroy());
    this.exit = exitOf(child);
    // The test may await it late or never; the rejection is for the one who does.
    this.exit.catch(() => undefined);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the process did not start");
    return this.#child.pid;
  }

  /** All that it printed to stdout so far. */
  get stdout(): string {
    return this.#output.stdout;
  }

  /** All that it printed to stderr so far. */
  get stderr(): string {
    return this.#output.stderr;
  }

  get stdin() {
    return this.#child.stdin;
  }

  /** How it ended, with its output. */
  get finished(): Promise<Finished> {
    return this.exit.then((exit) => ({ ...exit, ...this.#output }));
  }

  /** Sends a signal (SIGTERM by default) to this process alone; harmless when it is gone. */
  kill(signal: NodeJS.Signals = "SIGTERM"): void {
    this.#child.kill(signal);
  }

  /**
   * The match in a line that it printed, on either stream, before or after the call. Rejects with all its output
   * when it ends first or after `timeoutMs` (default 20,000).
   */
  waitForLine(pattern: RegExp, timeoutMs = 20_000): Promise<RegExpMatchArray> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        this.#child.stdout.off("data", look);
        this.#child.stderr.off("data", look);
        this.#child.off("close", look);
        finish();
      };
      const fail = (why: string): void =>
        settle(() => reject(new Error(`${why} before ${pattern}:\n${this.stdout}${this.stderr}`)));
      const look = (): void => {
        const found = this.#find(pattern);
        if (found) settle(() => resolve(found));
        else if (this.#closed) fail("the process ended");
      };
      const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
      this.#child.stdout.on("data", look);
      this.#child.stderr.on("data", look);
      this.#child.on("close", look);
      look();
    });
  }

  #find(pattern: RegExp): RegExpMatchArray | undefined {
    for (const text of [this.stdout, this.stderr]) {
      // The last piece may be half a line that is still being written.
      const lines = text.split("\n");
      for (const line of this.#closed ? lines : lines.slice(0, -1)) {
        const found = line.match(pattern);
        if (found) return found;
      }
    }
    return undefined;
  }
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}
