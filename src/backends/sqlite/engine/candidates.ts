import {
  TaskState as State,
  type TaskFilter,
  type TaskState,
} from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { timestampMs } from "../../../core/duration.ts";
import { HEAD } from "../../../core/record-codec.ts";
import { isTerminal } from "../../../core/record.ts";
import { labelTag, parentTag, uniqueTag } from "../../../core/tags.ts";
import type { Cursor } from "../../../storage/storage.ts";
import type { Statements } from "../statements.ts";
import type { Terms } from "../terms.ts";
import type { Counters } from "./counters.ts";
import type { LiveTasks } from "./live-tasks.ts";
import { FROM_THE_NEWEST, sorted, type Candidate, type Range, type Scans } from "./scans.ts";
import type { TaskTable } from "./task-table.ts";

export interface CandidatesParts {
  readonly statements: Statements;
  readonly table: TaskTable;
  readonly scans: Scans;
  readonly live: LiveTasks;
  readonly counters: Counters;
  readonly terms: Terms;
}

export interface Search {
  readonly filter: TaskFilter;
  readonly after?: Cursor | undefined;
  /** 0: no limit. */
  readonly cutoffAt: number;
  readonly maxExamined: number;
}

/** A set of tasks that holds every match, with its size or more. */
interface Choice {
  readonly size: number;
  readonly scan: (range: Range) => Iterable<Candidate>;
}

/** Finds the smallest set of tasks, newest first, in which all matches of a filter are. */
export class Candidates {
  readonly #from: CandidatesParts;
  readonly #countTag;

  constructor(parts: CandidatesParts) {
    this.#from = parts;
    this.#countTag = parts.statements.query<[n: number]>(
      "SELECT count(*) FROM (SELECT 1 FROM tag WHERE tag = ? LIMIT ?)",
    );
  }

  newestFirst(search: Search): Iterable<Candidate> {
    const choices = [
      this.#byIds(search),
      ...this.#byTags(search),
      this.#byState(search),
      this.#live(search),
      { size: Infinity, scan: (range: Range) => this.#from.scans.created(range) },
    ];
    const [first, ...others] = choices.filter((choice) => choice !== undefined);
    const smallest = others.reduce((a, b) => (b.size < a.size ? b : a), first!);
    return smallest.scan(rangeOf(search));
  }

  #byIds({ filter }: Search): Choice | undefined {
    if (filter.taskIds.length === 0) return undefined;
    const ids = [...new Set(filter.taskIds)];
    const rows = (): Candidate[] => ids.flatMap((id) => this.#candidate(id) ?? []);
    return { size: ids.length, scan: (range) => sorted(rows(), range) };
  }

  #candidate(id: string): Candidate | undefined {
    const row = this.#from.table.byId(id);
    if (row === undefined) return undefined;
    return { seq: row.seq, id, createdAt: row.record.readDoubleLE(HEAD.createdAt) };
  }

  #byTags({ filter, maxExamined }: Search): Choice[] {
    return tagSets(filter).map((tags) => ({
      size: tags.reduce(
        (sum, tag) => sum + (this.#countTag.get(tag, maxExamined + 1)?.[0] ?? 0),
        0,
      ),
      scan: (range) => this.#from.scans.tagged(tags, range),
    }));
  }

  #byState({ filter }: Search): Choice | undefined {
    const { states } = filter;
    if (states.length === 0 || !states.every((state) => state > State.SUCCEEDED)) return undefined;
    const distinct = [...new Set(states)];
    return {
      size: this.#count(distinct, undefined),
      scan: (range) => this.#from.scans.unsuccessful(distinct, range),
    };
  }

  #live({ filter, maxExamined }: Search): Choice | undefined {
    const { states } = filter;
    if (states.length === 0 || states.some(isTerminal)) return undefined;
    const { live, terms } = this.#from;
    const queues = filter.queues.length === 0 ? undefined : terms.findAll(filter.queues);
    const names = terms.findAll(filter.names);
    if (names.length === 0 && filter.names.length > 0) return { size: 0, scan: () => [] };
    // Without names the counters tell beforehand whether there are too many to gather.
    if (names.length === 0 && this.#count(LIVE, queues) > maxExamined) return undefined;
    const wanted = { states, queues: queues ?? [...this.#from.counters.read().keys()], names };
    const found = live.gather(wanted, maxExamined);
    if (found.length > maxExamined) return undefined;
    return { size: found.length, scan: (range) => sorted(found, range) };
  }

  #count(states: readonly TaskState[], queues: readonly number[] | undefined): number {
    let sum = 0;
    for (const [queue, counts] of this.#from.counters.read())
      if (queues === undefined || queues.includes(queue))
        for (const state of states) sum += counts.get(state) ?? 0;
    return sum;
  }
}

const LIVE = [State.SCHEDULED, State.PENDING, State.RETRYING, State.RUNNING, State.CANCELING];

/** For each condition that tags can answer: the tags of which every match has one. */
function tagSets(filter: TaskFilter): string[][] {
  const sets = Object.entries(filter.labels).map(([key, value]) => [labelTag(key, value)]);
  sets.push([...new Set(filter.parentTaskIds)].map(parentTag));
  const keys = [...new Set(filter.uniqueKeys)];
  sets.push([...new Set(filter.names)].flatMap((name) => keys.map((key) => uniqueTag(name, key))));
  return sets.filter((tags) => tags.length > 0);
}

function rangeOf({ filter, after = FROM_THE_NEWEST, cutoffAt }: Search): Range {
  const { createTimeFrom, createTimeTo } = filter;
  const ends = [cutoffAt, createTimeTo === undefined ? 0 : timestampMs(createTimeTo)];
  const before = Math.min(...ends.filter((end) => end > 0));
  return {
    after: before < after.createdAt ? { createdAt: before, id: "" } : after,
    createdFrom: createTimeFrom === undefined ? 0 : timestampMs(createTimeFrom),
  };
}
