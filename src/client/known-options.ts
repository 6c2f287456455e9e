/** The options of enqueues and runs by name; the compiler sees to it that none is missing. */
import { ENQUEUE_OPTIONS } from "../core/enqueue-request.ts";
import type { RunOptions, SendOptions } from "./requests.ts";

export const SEND_OPTIONS: Readonly<Record<keyof SendOptions, true>> = {
  ...ENQUEUE_OPTIONS,
  patienceMs: true,
  signal: true,
};

export const RUN_OPTIONS: Readonly<Record<keyof RunOptions, true>> = {
  ...SEND_OPTIONS,
  timeoutMs: true,
};
