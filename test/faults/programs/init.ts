/** What the harness tells its programs: one JSON object as their last argument. */

/** Of every program. */
export interface ProgramArguments {
  /** In the history; unique over all lives. */
  readonly name: string;
  /** Folder of the history. */
  readonly history: string;
  readonly seed: number;
}

export interface WorkerArguments extends ProgramArguments {
  /** `HOST:PORT` of the server, or of a proxy before it. */
  readonly server: string;
  readonly slots: number;
}

export interface ClientArguments extends ProgramArguments {
  readonly server: string;
  /** Tasks that it enqueues each second. */
  readonly rate: number;
}

export interface CrowdArguments extends ProgramArguments {
  readonly server: string;
  /** Connections. */
  readonly size: number;
}

/** The last argument of this process. */
export function programArguments<T extends ProgramArguments>(): T {
  return JSON.parse(process.argv.at(-1) ?? "") as T;
}

/** Unique over the lives of a program: its name and the moment of this life. */
export function lifeOf({ name }: ProgramArguments): string {
  return `${name}.${process.pid}`;
}

/** Tells the harness that the program does its work. */
export function tellReady(): void {
  process.stderr.write("ready\n");
}

/** The line of {@link tellReady}. */
export const READY = /^ready$/m;
