/** What the two threads say to each other. */
import type { Reason } from "../../../core/errors.ts";

/** A kind of engine, by the methods that it answers: params and answers as they cross the threads. */
export type CallMap = {
  readonly [method: string]: { readonly params: unknown; readonly answer: unknown };
};

export interface Call {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** To the engine's thread: calls, made at `now` of the main side's clock; or the end. */
export interface Request {
  readonly now: number;
  readonly calls: readonly Call[];
  readonly stop?: true | undefined;
}

export interface Failure {
  readonly reason: Reason;
  readonly message: string;
}

export type Answer =
  | { readonly id: number; readonly value: unknown; readonly failure?: undefined }
  | { readonly id: number; readonly failure: Failure };

/** From the engine's thread. `opened` is the first, unless the file can't be opened. */
export type Reply =
  | { readonly kind: "opened"; readonly facts: unknown; readonly warnings: readonly string[] }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "answers"; readonly answers: readonly Answer[] };

/** What a thread is started with. */
export interface ThreadData {
  readonly engine: "storage" | "broker";
  readonly path: string;
  /** Makes a file where there is none. False when a thread follows one that broke. */
  readonly create: boolean;
  /** The main side's wall clock. */
  readonly now: number;
  readonly maxLogs: number;
}
