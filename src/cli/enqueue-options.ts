/** The flags that say how a task is to run, shared by enqueue and run. */
import { Option, type Command } from "commander";

import type { EnqueueOptions } from "../client/index.ts";
import { UsageError } from "./usage-error.ts";
import { collectPair, parseDuration, parseTime, parseWhole } from "./values.ts";

/** What commander makes of {@link addEnqueueOptions}. */
export interface EnqueueFlags {
  readonly id?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly delay?: number;
  readonly at?: Date;
  readonly attemptTimeout?: number;
  readonly totalTimeout?: number;
  readonly pendingTimeout?: number;
  readonly retention?: number;
  readonly maxAttempts?: number;
  readonly label?: Record<string, string>;
  readonly header?: Record<string, string>;
  readonly uniqueKey?: string;
  readonly uniqueWindow?: number;
  readonly onConflict?: "return-existing" | "reject" | "replace-pending";
  readonly parent?: string;
  readonly outputRetry?: "never" | "skip" | "restart";
}

/** Flags for all that a task can be given; what is not set is its definition's or the server's. */
export function addEnqueueOptions(command: Command): Command {
  return command
    .option("--id <task-id>", "the task's id, which makes a repeat harmless")
    .option("--queue <queue>", "where it waits")
    .option("--priority <number>", "-1000 to 1000; higher runs first", parseWhole(-1_000))
    .option("--delay <duration>", "start no sooner than this long from now", parseDuration)
    .option("--at <time>", "start no sooner than then", parseTime)
    .option("--attempt-timeout <duration>", "limit of one attempt", parseDuration)
    .option("--total-timeout <duration>", "limit over all attempts", parseDuration)
    .option(
      "--pending-timeout <duration>",
      "expires if not started this long after it is due",
      parseDuration,
    )
    .option("--retention <duration>", "how long it is kept after its end", parseDuration)
    .option("--max-attempts <number>", "1: no retries; -1: no limit", parseWhole(-1))
    .option("--label <key=value>", "a label to find it by (repeatable)", collectPair)
    .option("--header <key=value>", "a header for the handler (repeatable)", collectPair)
    .option("--unique-key <key>", "one task of this name with this key at a time")
    .option("--unique-window <duration>", "hold the unique key this long", parseDuration)
    .addOption(
      new Option("--on-conflict <policy>", "what a task meets whose unique key is held").choices([
        "return-existing",
        "reject",
        "replace-pending",
      ]),
    )
    .option("--parent <task-id>", "the task that this one belongs to")
    .addOption(
      new Option("--output-retry <policy>", "what a retry means for outputs already kept").choices([
        "never",
        "skip",
        "restart",
      ]),
    );
}

/** The options of the flags. Throws a UsageError for flags that contradict each other. */
export function enqueueOptions(flags: EnqueueFlags): EnqueueOptions {
  if (flags.delay !== undefined && flags.at !== undefined)
    throw new UsageError("--delay can't be set together with --at");
  return {
    taskId: flags.id,
    queue: flags.queue,
    priority: flags.priority,
    delayMs: flags.delay,
    scheduleAt: flags.at,
    attemptTimeoutMs: flags.attemptTimeout,
    totalTimeoutMs: flags.totalTimeout,
    pendingTimeoutMs: flags.pendingTimeout,
    retentionMs: flags.retention,
    labels: flags.label,
    headers: flags.header,
    parentTaskId: flags.parent,
    outputRetry: flags.outputRetry,
    ...(flags.maxAttempts === undefined ? {} : { retry: { maxAttempts: flags.maxAttempts } }),
    unique: uniqueOf(flags),
  };
}

function uniqueOf(flags: EnqueueFlags): EnqueueOptions["unique"] {
  const { uniqueKey: key, uniqueWindow: windowMs, onConflict } = flags;
  if (key !== undefined) return { key, windowMs, onConflict };
  if (windowMs !== undefined) throw new UsageError("--unique-window needs --unique-key");
  if (onConflict !== undefined) throw new UsageError("--on-conflict needs --unique-key");
  return undefined;
}
