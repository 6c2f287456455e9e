/** What a server has seen of the tasks of one name in one queue. */
import { AttemptState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { AttemptEndedEvent, EndedEvent, HandedOutEvent } from "../../pipeline/hooks.ts";
import { Distribution } from "./distribution.ts";

export class TaskSeries {
  enqueued = 0;
  handedOut = 0;
  leasesLost = 0;
  readonly attemptsByState = new Map<number, number>();
  readonly tasksByState = new Map<number, number>();
  readonly waited: Distribution;
  readonly attemptDuration: Distribution;
  readonly taskDuration: Distribution;

  constructor(buckets: readonly number[]) {
    this.waited = new Distribution(buckets);
    this.attemptDuration = new Distribution(buckets);
    this.taskDuration = new Distribution(buckets);
  }

  addHandedOut({ waitedMs }: HandedOutEvent): void {
    this.handedOut++;
    this.waited.add(waitedMs);
  }

  addAttempt({ attemptState, durationMs }: AttemptEndedEvent): void {
    count(this.attemptsByState, attemptState);
    this.attemptDuration.add(durationMs);
    if (attemptState === AttemptState.LOST) this.leasesLost++;
  }

  addTask({ state, durationMs }: EndedEvent): void {
    count(this.tasksByState, state);
    this.taskDuration.add(durationMs);
  }
}

function count(counts: Map<number, number>, state: number): void {
  counts.set(state, (counts.get(state) ?? 0) + 1);
}
