/** What can be broken, and how. */
import type { Affected } from "../history/event.ts";
import type { HistoryLog } from "../history/log.ts";
import type { TaskClient } from "../../../src/client/index.ts";
import type { Random } from "../random.ts";
import type { Site } from "../site/site.ts";

/** One fault that is about to be made: decided, so that its seed repeats it. */
export interface Injection {
  /** Who is hit: a process, a link. */
  readonly target: string;
  readonly affects: readonly Affected[];
  /** No server at all can reach its backend meanwhile. */
  readonly outage?: boolean | undefined;
  /** Of a clock, in ms; negative is backwards. */
  readonly jumpMs?: number | undefined;
  /** What no other injection may touch at the same time. */
  readonly touches: readonly string[];
  readonly lastsMs: number;
  begin(): Promise<void> | void;
  /** Makes it good; settles when all that was broken is there again. */
  mend(): Promise<void> | void;
}

/** What injections work with. */
export interface Scene {
  readonly site: Site;
  readonly random: Random;
  /** Of the harness, past all proxies. */
  readonly client: TaskClient;
  readonly log: HistoryLog;
}

export interface Fault {
  /** For tables and `--faults`, such as `kill-worker`. */
  readonly name: string;
  /** The next injection; undefined where the site can't have it. */
  plan(scene: Scene): Injection | undefined;
}
