import { fromBinary } from "@bufbuild/protobuf";
import {
  TaskFilterSchema,
  type TaskFilter,
  type TaskState,
} from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { isCounted, recordPredicate } from "../../../core/filter.ts";
import { decodeRecord } from "../../../core/record-reader.ts";
import { stateAt, type TaskRecord } from "../../../core/record.ts";
import type { TaskCount } from "../../../storage/storage.ts";
import type { Terms } from "../terms.ts";
import type { Candidates } from "./candidates.ts";
import type { QueueStates } from "./queue-states.ts";
import type { Candidate } from "./scans.ts";
import type { CountCall, ListCall, StorageCalls } from "./storage-calls.ts";
import type { TaskRow } from "./task-row.ts";
import type { TaskTable } from "./task-table.ts";
import { RecordPacker } from "./verdicts.ts";

export interface QueriesParts {
  readonly table: TaskTable;
  readonly candidates: Candidates;
  readonly queueStates: QueueStates;
  readonly terms: Terms;
}

/** Lists and counts by filter. */
export class Queries {
  readonly #from: QueriesParts;

  constructor(parts: QueriesParts) {
    this.#from = parts;
  }

  list(call: ListCall, now: number): StorageCalls["list"]["answer"] {
    const filter = fromBinary(TaskFilterSchema, call.filter);
    const matches = recordPredicate(filter, call.cutoffAt);
    const records = new RecordPacker();
    let examined = 0;
    let last: Candidate | undefined;
    for (const candidate of this.#from.candidates.newestFirst({ ...call, filter })) {
      const full = records.ids.length >= call.limit || examined >= call.maxExamined;
      if (last !== undefined && full)
        return { ...records.done(), next: { createdAt: last.createdAt, id: last.id } };
      examined += 1;
      last = candidate;
      const { row, record } = this.#read(candidate);
      if (matches(record, now)) records.add(row);
    }
    return records.done();
  }

  count(call: CountCall, now: number): TaskCount {
    const filter = fromBinary(TaskFilterSchema, call.filter);
    return isCounted(filter)
      ? this.#countByCounters(filter, now)
      : this.#countByReading(filter, call.maxExamined, now);
  }

  #countByCounters({ queues, states }: TaskFilter, now: number): TaskCount {
    const tally = new Tally();
    const wanted = queues.length === 0 ? undefined : this.#from.terms.findAll(queues);
    for (const [queue, counts] of this.#from.queueStates.counts(now))
      if (wanted === undefined || wanted.includes(queue))
        for (const [state, n] of counts)
          if (states.length === 0 || states.includes(state)) tally.add(state, n);
    return tally.result(false);
  }

  #countByReading(filter: TaskFilter, maxExamined: number, now: number): TaskCount {
    const matches = recordPredicate(filter);
    const tally = new Tally();
    let examined = 0;
    const search = { filter, cutoffAt: 0, maxExamined };
    for (const candidate of this.#from.candidates.newestFirst(search)) {
      if (examined >= maxExamined) return tally.result(true);
      examined += 1;
      const { record } = this.#read(candidate);
      if (matches(record, now)) tally.add(stateAt(record, now), 1);
    }
    return tally.result(false);
  }

  #read({ seq, id }: Candidate): { readonly row: TaskRow; readonly record: TaskRecord } {
    const row = this.#from.table.bySeq(seq);
    if (row === undefined) throw new Error(`an index names task ${id}, which is not there`);
    return { row, record: decodeRecord(id, row.record) };
  }
}

class Tally {
  readonly #states = new Map<TaskState, number>();
  #count = 0;

  add(state: TaskState, n: number): void {
    this.#count += n;
    this.#states.set(state, (this.#states.get(state) ?? 0) + n);
  }

  result(approximate: boolean): TaskCount {
    return { count: this.#count, approximate, states: this.#states };
  }
}
