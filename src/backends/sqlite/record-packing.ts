/** Records and verdicts between the contract and the engine's thread. */
import { decodeRecord, encodeHead, encodeMiddle, encodeTail } from "../../core/record-codec.ts";
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
import { Packer, unpack } from "./packed.ts";

export function packCreate({ tasks, intentId }: contract.CreateParams): PackedCreate {
  const packer = new Packer();
  for (const { record } of tasks)
    packer.add(encodeHead(record), encodeMiddle(record), encodeTail(record));
  const claimed = tasks.some((task) => task.unique !== undefined);
  return {
    ids: tasks.map((task) => task.record.id),
    packed: packer.done(),
    claims: claimed ? tasks.map((task) => task.unique) : [],
    intentId,
  };
}

export function packWrite({ changes, intentId }: contract.WriteParams): PackedWrite {
  const packer = new Packer();
  for (const { after } of changes) {
    packer.add(encodeHead(after));
    packer.add(encodeTail(after));
  }
  for (const { events = [] } of changes) for (const { body } of events) packer.add(body);
  const claimed = changes.some(({ claim }) => claim !== undefined);
  const bound = changes.some(({ leaseEndAt }) => leaseEndAt !== undefined);
  const eventful = changes.some(({ events = [] }) => events.length > 0);
  return {
    ids: changes.map(({ after }) => after.id),
    revisions: changes.map(({ revision }) => revision),
    leaseEnds: bound ? changes.map(({ leaseEndAt }) => leaseEndAt) : [],
    claims: claimed ? changes.map(({ claim }) => claim) : [],
    events: eventful ? changes.map(eventHeads) : [],
    packed: packer.done(),
    intentId,
  };
}

function eventHeads({ events = [] }: contract.Change): EventHead[] {
  return events.map(({ sequence, kind }) => ({ sequence, kind }));
}

export function unpackRecords({ ids, packed }: PackedRecords): TaskRecord[] {
  return unpack(packed).map((piece, at) => decodeRecord(ids[at]!, piece));
}

/** An empty piece is a task that is not there. */
export function unpackFound({ ids, packed }: PackedRecords): (TaskRecord | undefined)[] {
  return unpack(packed).map((piece, at) =>
    piece.length === 0 ? undefined : decodeRecord(ids[at]!, piece),
  );
}

export function createVerdicts(
  answer: PackedVerdicts<contract.CreateVerdict["kind"]>,
): contract.CreateVerdict[] {
  const records = unpackRecords(answer).values();
  return answer.kinds.map((kind) =>
    kind === "created" ? { kind } : { kind, record: records.next().value! },
  );
}

export function writeVerdicts(answer: PackedVerdicts<WriteKind>): contract.WriteVerdict[] {
  const records = unpackRecords(answer).values();
  return answer.kinds.map((kind) => {
    if (kind === "applied" || kind === "repeated") return { kind: "applied" };
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
