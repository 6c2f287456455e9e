/** Tasks that a handler enqueues, with its own as their parent. */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskService } from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { checkWait } from "../core/check-wait.ts";
import type { EnqueueCall, EnqueueHook } from "../core/enqueue-hook.ts";
import { ENQUEUE_OPTIONS, enqueueRequest } from "../core/enqueue-request.ts";
import { QTasksError } from "../core/errors.ts";
import { checkOptions, type NamesOf } from "../core/known-options.ts";
import { factsOf, type Attempt } from "./attempt.ts";
import { childCallOf, type ChildOptions, type ChildTarget, type EnqueueChild } from "./child.ts";
import { ChildSending } from "./child-sending.ts";
import { encodeValue } from "./payload.ts";

const { parentTaskId: _, ...SETTINGS } = ENQUEUE_OPTIONS;
const CHILD_OPTIONS: NamesOf<ChildOptions> = {
  ...SETTINGS,
  patienceMs: true,
  signal: true,
};

/** By what children are enqueued. */
export interface ChildCalls {
  readonly tasks: ServiceCalls<typeof TaskService> | undefined;
  readonly logger: Logger;
  /** Around each enqueue. */
  readonly hook?: EnqueueHook | undefined;
}

/** Enqueues children of one attempt. Repeated while the server is away, until the attempt is over. */
export function childEnqueuer(attempt: Attempt, calls: ChildCalls): EnqueueChild {
  const { tasks, logger, hook } = calls;
  const counts = new Map<string, number>();
  return async (target: string | ChildTarget, given?: unknown, options: ChildOptions = {}) => {
    if (tasks === undefined)
      throw new QTasksError("CONFIG_INVALID", "this worker was made without calls to enqueue by");
    checkOptions(options, CHILD_OPTIONS);
    const { patienceMs, signal, ...settings } = options;
    checkWait("patienceMs", patienceMs);
    const { name, input } = await childCallOf(target, given);
    const payload = encodeValue(input);
    const digest = digestOf(name, payload);
    const nth = (counts.get(digest) ?? 0) + 1;
    counts.set(digest, nth);
    const parentTaskId = attempt.leased.taskId;
    const taskId = options.taskId ?? childId(parentTaskId, digest, nth);
    const request = enqueueRequest(name, payload, { ...settings, taskId, parentTaskId });
    const call: EnqueueCall = { operation: "child", request };
    const sending = new ChildSending({
      tasks,
      // A canceled handler may still enqueue what cleans up after it; a lost one may not.
      ended: attempt.ended,
      patienceMs,
      signal,
      onFailure: (err, failures) => {
        const facts = { ...factsOf(attempt), child: name, failures, err };
        logger[failures === 1 ? "warn" : "debug"](facts, "could not enqueue a child; trying again");
      },
    });
    const { send } = sending;
    const sent = hook === undefined ? send(call) : hook(call, send);
    const { task, created } = await sending.within(taskId, sent);
    // A hook may have changed the id, and a unique key finds a task that has another.
    return { taskId: task?.taskId || taskId, created };
  };
}

function digestOf(name: string, payload: Payload): string {
  const { value = "" } = payload.body;
  return createHash("sha256").update(`${name}\n`).update(value).digest("hex");
}

/** A UUIDv8 (RFC 9562, 5.8): bits of a hash. */
function childId(parentTaskId: string, digest: string, nth: number): string {
  const bytes = createHash("sha256").update(`${parentTaskId}\n${digest}\n${nth}`).digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
