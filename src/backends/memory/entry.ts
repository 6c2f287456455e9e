import type { TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { Waiting } from "./ready-index.ts";
import type { TaskEvents } from "./task-events.ts";
import type { Moment } from "./timeline.ts";

/** A waiting task's place in the ready index. */
export interface WaitingTask extends Waiting {
  readonly entry: Entry;
}

/** A task in memory: its record, its events, and its places in the indexes. */
export class Entry {
  record: TaskRecord;
  /** Most tasks have none. */
  events: TaskEvents | undefined;
  removed = false;

  waiting: WaitingTask | undefined;
  attention: Moment<Entry> | undefined;
  purge: Moment<Entry> | undefined;
  pending: Moment<Entry> | undefined;
  /** The state under which the counters hold it. */
  countedAs: TaskState;

  constructor(record: TaskRecord) {
    this.record = record;
    this.countedAs = record.state;
  }
}
