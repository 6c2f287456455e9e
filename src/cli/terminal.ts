/** Where the command line reads and writes, and whether a person looks on. */
import { once } from "node:events";
import { createInterface } from "node:readline/promises";

import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

/** The process's streams. Results go to stdout, everything said about them to stderr. */
export class Terminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** Colours for stdout; plain when it is no terminal or NO_COLOR is set. */
  readonly colors: Colors;
  /** Colours for stderr. */
  readonly errorColors: Colors;
  readonly #stdout: NodeJS.WriteStream;
  #around: ((write: () => void) => void) | undefined;

  constructor(streams: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr" | "env">) {
    this.stdin = streams.stdin;
    this.stderr = streams.stderr;
    this.#stdout = streams.stdout;
    this.colors = pc.createColors(hasColors(streams.stdout, streams.env));
    this.errorColors = pc.createColors(hasColors(streams.stderr, streams.env));
  }

  /** A person can be asked and shown progress. */
  get isInteractive(): boolean {
    return this.stdin.isTTY && this.stderr.isTTY;
  }

  /** Columns of stdout; undefined when it is no terminal. */
  get columns(): number | undefined {
    return this.#stdout.isTTY ? this.#stdout.columns : undefined;
  }

  /** Writes a line to stdout; settles when there is room for the next. */
  async print(line: string): Promise<void> {
    let roomy = true;
    this.#write(() => (roomy = this.#stdout.write(`${line}\n`)));
    if (!roomy && this.#stdout.writable) await once(this.#stdout, "drain");
  }

  /** Writes a line to stderr. */
  note(line: string): void {
    this.#write(() => this.stderr.write(`${line}\n`));
  }

  /** Asks a yes-or-no question on stderr. */
  async confirm(question: string): Promise<boolean> {
    const prompt = createInterface({ input: this.stdin, output: this.stderr });
    try {
      return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
    } finally {
      prompt.close();
    }
  }

  /** What is drawn on the terminal is taken away around each line that is written; unset: nothing is. */
  drawAround(around: ((write: () => void) => void) | undefined): void {
    this.#around = around;
  }

  #write(write: () => void): void {
    if (this.#around === undefined) write();
    else this.#around(write);
  }
}

function hasColors(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  if (env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0") return true;
  // Not set on a pipe, whatever its type says; undefined would leave the choice to the library.
  return Boolean(stream.isTTY) && env["TERM"] !== "dumb";
}
