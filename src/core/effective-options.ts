/** What a record takes from the options in force: worked out once for all tasks that have the same. */
import { toBinary } from "@bufbuild/protobuf";
import { TaskOptionsSchema, type TaskOptions } from "../../gen/qtasksapi/v1/task_pb.ts";
import { DEFAULT_QUEUE, mergeOptions, MIN_RETENTION_MS, optionMs } from "./spec.ts";
import { labelTags } from "./tags.ts";

/** Options in force. Times in ms; 0: no limit. */
export interface EffectiveOptions {
  readonly options: TaskOptions;
  /** The options in wire format. */
  readonly encoded: Uint8Array;
  readonly queue: string;
  readonly priority: number;
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly pendingTimeoutMs: number;
  readonly retentionMs: number;
  readonly labelTags: readonly string[];
}

export function inForce(options: TaskOptions): EffectiveOptions {
  return {
    options,
    encoded: toBinary(TaskOptionsSchema, options),
    queue: options.queue || DEFAULT_QUEUE,
    priority: options.priority ?? 0,
    attemptTimeoutMs: optionMs(options.attemptTimeout),
    totalTimeoutMs: optionMs(options.totalTimeout),
    pendingTimeoutMs: optionMs(options.pendingTimeout),
    retentionMs: Math.max(MIN_RETENTION_MS, optionMs(options.retention)),
    labelTags: labelTags(options.labels),
  };
}

/** The complete options of a definition, alone and under those of callers. */
export class DefinitionOptions {
  readonly #alone: EffectiveOptions;
  /** By messages that can't change: those that requests share. */
  readonly #under = new WeakMap<TaskOptions, EffectiveOptions>();

  constructor(complete: TaskOptions) {
    this.#alone = inForce(complete);
  }

  /** The caller's options over the definition's; the latter as they are where the caller sets none. */
  under(caller: TaskOptions | undefined): EffectiveOptions {
    if (caller === undefined || isUnset(caller)) return this.#alone;
    const known = this.#under.get(caller);
    if (known !== undefined) return known;
    const merged = inForce(mergeOptions(caller, this.#alone.options));
    if (Object.isFrozen(caller)) this.#under.set(caller, merged);
    return merged;
  }
}

/** No option is set: there is nothing to encode, and the definition's hold. */
export function isUnset(options: TaskOptions): boolean {
  const { queue, priority, retryPolicy, outputRetry, labels } = options;
  const { attemptTimeout, totalTimeout, pendingTimeout, retention } = options;
  for (const _ in labels) return false;
  return (
    queue === "" &&
    outputRetry === 0 &&
    (priority ?? retryPolicy ?? attemptTimeout ?? totalTimeout ?? pendingTimeout ?? retention) ===
      undefined
  );
}
