/** What looks like a slip where queues are named. It may be meant so: other workers can take from the rest. */
import type { Logger } from "pino";
import type { QueueStrategy } from "./queue-strategy.ts";
import { queueOf } from "./register-request.ts";
import type { Registration } from "./registration.ts";

/** Warns of tasks whose own queue is not among those that the worker was given; given none, it takes from all of theirs. */
export function warnOfLeftOut(
  registrations: readonly Registration[],
  queues: readonly string[],
  logger: Logger,
): void {
  if (queues.length === 0) return;
  const all = registrations.map(
    ({ definition }) => [definition.name, queueOf(definition)] as const,
  );
  const leftOut = all.filter(([, queue]) => !queues.includes(queue));
  if (leftOut.length > 0)
    logger.warn(
      { tasks: Object.fromEntries(leftOut), queues },
      "the option queues leaves out the queues of these tasks: this worker does not take them from there",
    );
}

/** Warns of queues that a strategy names and the worker does not take from. */
export function warnOfUnknown(
  { names = [] }: QueueStrategy,
  queues: readonly string[],
  logger: Logger,
): void {
  const unknown = names.filter((name) => !queues.includes(name));
  if (unknown.length > 0)
    logger.warn(
      { unknown, queues },
      "the option queueStrategy names queues that this worker does not take from",
    );
}
