/** Which of its session's queues a poll takes from, and in which order. */
import { fieldErrors, type FieldViolation } from "../core/errors.ts";
import type { Ask } from "./ask.ts";

export type QueueChoice = Pick<Ask, "queues" | "order">;

/** What the poll names, of the session's queues; all in turn where it names none. FIELD_VIOLATION for others. */
export function chooseQueues(own: readonly string[], named: readonly string[]): QueueChoice {
  if (named.length === 0) return { queues: own };
  const violations = violationsOf(new Set(own), named);
  if (violations.length > 0) throw fieldErrors(violations);
  const order = new Set(named);
  // In the session's order: polls that differ in their order alone compete for the same tasks.
  return { queues: own.filter((queue) => order.has(queue)), order: named };
}

function violationsOf(own: ReadonlySet<string>, named: readonly string[]): FieldViolation[] {
  if (named.length > own.size)
    return [
      { field: "queues", description: `at most the session's ${own.size}; got ${named.length}` },
    ];
  const seen = new Set<string>();
  return named.flatMap((queue, index) => {
    const fault = !own.has(queue)
      ? "is none of the session's queues"
      : seen.has(queue) && "comes twice";
    seen.add(queue);
    if (fault === false) return [];
    return { field: `queues[${index}]`, description: `${JSON.stringify(queue)} ${fault}` };
  });
}
