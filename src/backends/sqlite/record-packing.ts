/** Records and verdicts between the contract and the engine's thread. */
import { bufferOf } from "../../core/bytes.ts";
import { HEAD } from "../../core/record-codec.ts";
import { RecordReader } from "../../core/record-reader.ts";
import { RecordWriter } from "../../core/record-writer.ts";
import type { TaskRecord } from "../../core/record.ts";
import type * as contract from "../../storage/storage.ts";
import type {
  EventHead,
  PackedCreate,
  PackedEvents,
  PackedRecords,
  PackedVerdicts,
  PackedWrite,
  WriteKind,
} from "./engine/storage-calls.ts";
import { unpack } from "./packed.ts";

/** What most records take beside their head, in bytes. */
const PARTS_BYTES = 288;

export function packCreate({ tasks, intentId }: contract.CreateParams): PackedCreate {
  const writer = new RecordWriter(tasks.length * (HEAD.size + PARTS_BYTES));
  const ids: string[] = [];
  const ends: number[] = [];
  let claimed = false;
  for (const { record, unique } of tasks) {
    writer.head(record);
    writer.middle(record);
    writer.tail(record);
    ids.push(record.id);
    ends.push(writer.size);
    claimed ||= unique !== undefined;
  }
  return {
    ids,
    packed: { bytes: writer.done(), ends },
    claims: claimed ? tasks.map((task) => task.unique) : [],
    intentId,
  };
}

export function packWrite({ changes, intentId }: contract.WriteParams): PackedWrite {
  const writer = new RecordWriter(changes.length * (HEAD.size + PARTS_BYTES));
  const ids: string[] = [];
  const revisions: number[] = [];
  const ends: number[] = [];
  let [bound, claimed, eventful] = [false, false, false];
  for (const { after, revision, leaseEndAt, claim, events } of changes) {
    writer.head(after);
    ends.push(writer.size);
    writer.tail(after);
    ends.push(writer.size);
    ids.push(after.id);
    revisions.push(revision);
    bound ||= leaseEndAt !== undefined;
    claimed ||= claim !== undefined;
    eventful ||= events !== undefined && events.length > 0;
  }
  if (eventful)
    for (const { events = [] } of changes)
      for (const { body } of events) {
        writer.bytes(body);
        ends.push(writer.size);
      }
  return {
    ids,
    revisions,
    leaseEnds: bound ? changes.map(({ leaseEndAt }) => leaseEndAt) : [],
    claims: claimed ? changes.map(({ claim }) => claim) : [],
    events: eventful ? changes.map(eventHeads) : [],
    packed: { bytes: writer.done(), ends },
    intentId,
  };
}

function eventHeads({ events = [] }: contract.Change): EventHead[] {
  return events.map(({ sequence, kind }) => ({ sequence, kind }));
}

export function unpackRecords(records: PackedRecords): TaskRecord[] {
  // None of these is missing: an empty piece stands for that in the answer of a read alone.
  return unpackFound(records) as TaskRecord[];
}

/** An empty piece is a task that is not there. */
export function unpackFound({ ids, packed }: PackedRecords): (TaskRecord | undefined)[] {
  const reader = new RecordReader(bufferOf(packed.bytes));
  const records: (TaskRecord | undefined)[] = [];
  let from = 0;
  for (let at = 0; at < ids.length; at++) {
    const to = packed.ends[at]!;
    records.push(from === to ? undefined : reader.read(ids[at]!, from, to));
    from = to;
  }
  return records;
}

const CREATED = { kind: "created" } as const;
const APPLIED = { kind: "applied" } as const;

export function createVerdicts(
  answer: PackedVerdicts<contract.CreateVerdict["kind"]>,
): contract.CreateVerdict[] {
  const records = unpackRecords(answer).values();
  return answer.kinds.map((kind) =>
    kind === "created" ? CREATED : { kind, record: records.next().value! },
  );
}

export function writeVerdicts(answer: PackedVerdicts<WriteKind>): contract.WriteVerdict[] {
  const records = unpackRecords(answer).values();
  return answer.kinds.map((kind) => {
    if (kind === "applied" || kind === "repeated") return APPLIED;
    if (kind === "missing") return { kind: "conflict", record: undefined };
    return { kind, record: records.next().value! };
  });
}

export function removeVerdicts(
  answer: PackedVerdicts<contract.RemoveVerdict["kind"]>,
): contract.RemoveVerdict[] {
  const records = unpackRecords(answer).values();
  return answer.kinds.map((kind) =>
    kind === "removed" ? { kind } : { kind, record: records.next().value! },
  );
}

export function unpackEvents({ heads, packed, more }: PackedEvents): contract.EventsPage {
  const bodies = unpack(packed);
  return { events: heads.map((head, at) => ({ ...head, body: bodies[at]! })), more };
}
