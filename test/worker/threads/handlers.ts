/** Handlers that tests run in threads. */
import { create } from "@bufbuild/protobuf";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { threadId } from "node:worker_threads";
import { PayloadSchema, type Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { QTasksError } from "../../../src/core/errors.ts";
import type { HandlerContext } from "../../../src/worker/context.ts";
import {
  RetryLaterError,
  SnoozeError,
  TaskError,
  TerminalError,
} from "../../../src/worker/errors.ts";

// oxlint-disable-next-line import/no-default-export -- what is looked for by default
export default function add({ x, y }: { x: number; y: number }): number {
  return x + y;
}

/** Which thread it runs in. */
export function where(): number {
  return threadId;
}

/** The thread's number once `ms` have passed without a turn of its loop. */
export function block(ms: number): number {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return threadId;
}

/** As {@link block}; the cell then holds 1. */
export function spinAndMark({ ms, cell }: { ms: number; cell: SharedArrayBuffer }): void {
  block(ms);
  new Int32Array(cell)[0] = 1;
}

/** Waits for its signal; the cell tells that its `finally` ran. */
export async function heed(cell: SharedArrayBuffer, { signal }: HandlerContext): Promise<string> {
  try {
    await sleep(60_000, undefined, { signal });
    return "slept";
  } finally {
    new Int32Array(cell)[0] = 1;
  }
}

/** Ends well although it was told to stop. */
export async function stopEarly(_: unknown, { signal, progress }: HandlerContext): Promise<string> {
  progress(0);
  await sleep(60_000, undefined, { signal }).catch(() => undefined);
  const { why } = signal.reason as { readonly why: string };
  return `stopped early: ${why}`;
}

export function exit(code: number): never {
  process.exit(code);
}

export async function uncaught(): Promise<void> {
  setTimeout(() => {
    throw new TypeError("from a timer");
  });
  await sleep(60_000);
}

export function eatMemory(): number {
  const eaten: unknown[] = [];
  for (;;) eaten.push(Array.from({ length: 1_000 }, (_, index) => ({ index })));
}

export async function* count(to: number): AsyncGenerator<number, string> {
  for (let at = 1; at <= to; at++) yield at;
  return "counted";
}

/** Leaves a checkpoint and fails; takes up there. */
export function resume(_: unknown, context: HandlerContext): unknown {
  const before = context.checkpoint<number>();
  for (let at = 1; at <= 1_000; at++) context.saveCheckpoint(at);
  if (before === undefined) throw new Error(`interrupted at ${context.checkpoint<number>()}`);
  return before;
}

export function tell(_: unknown, { progress, logger }: HandlerContext): void {
  for (let at = 1; at <= 100_000; at++) progress(at, 100_000, "telling");
  logger.info("said", { fn: () => 1, list: [1, 2] });
  logger.error({ err: new RangeError("seen") }, "failed a little");
}

export async function enqueueChildren(
  name: string,
  { enqueue }: HandlerContext,
): Promise<readonly unknown[]> {
  return Promise.all([enqueue(name, { n: 1 }), enqueue(name, { n: 2 }, { queue: "low" })]);
}

/** Why a child could not be enqueued: by its own signal, or by the patience of the input. */
export async function impatientChild(
  patienceMs: number,
  { enqueue }: HandlerContext,
): Promise<string> {
  const options = patienceMs > 0 ? { patienceMs } : { signal: AbortSignal.timeout(100) };
  return enqueue("child", null, options).then(
    () => "enqueued",
    (thrown: unknown) => QTasksError.from(thrown).reason,
  );
}

/** What of its context can be read. */
export function facts(_: unknown, context: HandlerContext): unknown {
  const { taskId, name, attempt, fencingToken, headers, deadline, outputCount } = context;
  return {
    taskId,
    name,
    attempt,
    headers,
    outputCount,
    token: String(fencingToken),
    hasDeadline: deadline instanceof Date,
    failure: context.previousFailure?.type ?? null,
  };
}

export function bytes(input: Uint8Array): Uint8Array {
  return input.map((byte) => byte + 1);
}

export function xml(): Payload {
  return create(PayloadSchema, { body: { case: "text", value: "<a/>" }, contentType: "text/xml" });
}

/** Logs a user that has no name. */
export async function logUser(_: unknown, { logger }: HandlerContext): Promise<void> {
  logger.info("seen", { user: {} });
  await sleep(60_000);
}

export function logUserAndEnd(_: unknown, { logger }: HandlerContext): string {
  logger.info("seen", { user: {} });
  return "ended";
}

export function unsendable(): unknown {
  return 1n;
}

export const THROWN = {
  task: () =>
    new TaskError("not there", {
      type: "acme.Missing",
      code: "NOT_FOUND",
      details: { id: 7 },
      cause: new RangeError("the cause", { cause: "its cause" }),
    }),
  terminal: () => new TerminalError("no more"),
  later: () => new RetryLaterError(1_500, "busy"),
  snooze: () => new SnoozeError(2_500, "not yet"),
  plain: () => Object.assign(new TypeError("wrong type"), { type: "acme.Wrong" }),
  aggregate: () => new AggregateError([new Error("first"), new Error("second")], "both"),
  connect: () =>
    Object.assign(new Error("[aborted] gone"), {
      name: "ConnectError",
      code: 10,
      rawMessage: "gone",
      details: [],
    }),
  text: () => "a text",
  object: () => ({ some: () => "thing" }),
  liar: () =>
    Object.defineProperty(new Error("hidden"), "message", {
      get() {
        throw new Error("no message for you");
      },
    }),
} as const satisfies Record<string, () => unknown>;

export function fail(kind: keyof typeof THROWN): never {
  // oxlint-disable-next-line typescript/only-throw-error -- handlers may throw anything
  throw THROWN[kind]();
}

export function sayAndExit(_: unknown, { logger }: HandlerContext): never {
  logger.warn("the last words");
  process.exit(1);
}

export function sleepNatively(seconds: number): void {
  execFileSync("sleep", [String(seconds)]);
}
