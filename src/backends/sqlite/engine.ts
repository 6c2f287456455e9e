/**
 * An engine answers one backend's calls over an open file: plain synchronous code, run within the
 * transactions of {@link Session}.
 */
import type { CallMap } from "./thread/calls.ts";

/** Params of one call and the time of it, to its answer. */
export type Methods<Calls extends CallMap> = {
  readonly [Name in keyof Calls]: (
    params: Calls[Name]["params"],
    now: number,
  ) => Calls[Name]["answer"];
};

/** A method whose types are checked where the engine names it; the wire knows only its name. */
export type Method = (params: never, now: number) => unknown;

export interface Engine {
  /** What the main side needs to know of the file. */
  readonly facts: unknown;
  /** Run outside of a transaction: they see what is committed. */
  readonly reads: Readonly<Record<string, Method>>;
  readonly writes: Readonly<Record<string, Method>>;
  /** Last writes of a transaction. */
  beforeCommit(): void;
  afterCommit(): void;
  /** What was gathered in memory since the last commit is void. */
  afterRollback(): void;
  /** Last writes of all. */
  beforeClose(): void;
}
