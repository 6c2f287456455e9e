/** Counters and state of queues on Redis. */
import type { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { TaskState as State } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { QueueStats } from "../../storage/storage.ts";
import type { StorageContext } from "./context.ts";
import { KEY } from "./keys.ts";
import type { Reply } from "./redis-connection.ts";
import { asNumber, asRows, asText } from "./replies.ts";

/** Counts by queue and state, as read now. */
export type Counts = ReadonlyMap<string, ReadonlyMap<TaskState, number>>;

/** Counts of these queues, of all where none are named. */
export async function readCounts(
  { connection, keys }: StorageContext,
  queues: readonly string[],
): Promise<Counts> {
  const [counters, due] = await connection.run("queue-stats", keys.partition, ["0", ...queues]);
  return toCounts(counters, due, queues);
}

/** See Storage.queueStats. */
export async function readQueueStats(
  { connection, keys }: StorageContext,
  queues: readonly string[],
): Promise<readonly QueueStats[]> {
  const args = ["1", ...queues];
  const [counters, due, pairs] = await connection.run("queue-stats", keys.partition, args);
  const states = toCounts(counters, due, queues);
  const waiting = asRows(pairs, 3).map(([pair, waits, oldestAt]) => {
    const [queue, name] = splitPair(asText(pair));
    return { queue, name, waits: waits === 1, oldestAt: asNumber(oldestAt) };
  });
  const listed = queues.length === 0 ? [...states.keys()].toSorted() : [...new Set(queues)];
  return listed
    .filter((queue) => states.has(queue))
    .map((queue) => {
      const own = waiting.filter((pair) => pair.queue === queue);
      const oldest = own.map(({ oldestAt }) => oldestAt).filter((at) => at > 0);
      return {
        queue,
        states: states.get(queue)!,
        oldestPendingAt: oldest.length === 0 ? 0 : Math.min(...oldest),
        waitingNames: own
          .filter(({ waits }) => waits)
          .map(({ name }) => name)
          .toSorted(),
      };
    });
}

function toCounts(
  counters: Reply | undefined,
  due: Reply | undefined,
  queues: readonly string[],
): Counts {
  const counts = new Map<string, Map<TaskState, number>>();
  const add = (queue: string, state: TaskState, change: number): void => {
    const states = counts.get(queue) ?? new Map<TaskState, number>();
    counts.set(queue, states);
    const count = (states.get(state) ?? 0) + change;
    if (count > 0) states.set(state, count);
    else states.delete(state);
  };
  const wanted = new Set(queues);
  for (const [field, count] of asRows(counters, 2)) {
    const [queue, state] = splitPair(asText(field));
    if (wanted.size === 0 || wanted.has(queue))
      add(queue, Number(state) as TaskState, asNumber(count));
  }
  // What has become due since the counters were written is PENDING to a reader.
  for (const [set, count] of asRows(due, 2)) {
    const name = asText(set);
    const queue = splitPair(name.slice(KEY.scheduled.length))[0];
    const state = name.startsWith(KEY.scheduled) ? State.SCHEDULED : State.RETRYING;
    add(queue, state, -asNumber(count));
    add(queue, State.PENDING, asNumber(count));
  }
  return counts;
}

function splitPair(pair: string): [first: string, second: string] {
  const at = pair.indexOf("\0");
  return [pair.slice(0, at), pair.slice(at + 1)];
}
