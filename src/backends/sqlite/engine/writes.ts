import { HEAD } from "../../../core/record-codec.ts";
import { isLeased, isTerminal, isWaiting } from "../../../core/record.ts";
import type { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import type { RemoveVerdict, TaskVersion, UniqueClaim } from "../../../storage/storage.ts";
import { unpack } from "../packed.ts";
import type { Events } from "./events.ts";
import type { Intents } from "./intents.ts";
import type { EventHead, PackedVerdicts, PackedWrite, WriteKind } from "./storage-calls.ts";
import { tagsOf } from "./split-record.ts";
import type { TaskRow } from "./task-row.ts";
import type { TaskTable } from "./task-table.ts";
import type { UniqueKeys } from "./unique-keys.ts";
import { VerdictPacker } from "./verdicts.ts";

export interface WritesParts {
  readonly table: TaskTable;
  readonly uniqueKeys: UniqueKeys;
  readonly events: Events;
  readonly intents: Intents;
}

interface Change {
  readonly id: string;
  readonly revision: number;
  readonly leaseEndAt: number | undefined;
  readonly claim: UniqueClaim | undefined;
  readonly events: readonly EventHead[];
  readonly head: Buffer;
  readonly tail: Buffer;
  readonly bodies: readonly Buffer[];
}

/** Replaces and removes records by compare-and-set on the revision. */
export class Writes {
  readonly #to: WritesParts;

  constructor(parts: WritesParts) {
    this.#to = parts;
  }

  write(params: PackedWrite, now: number): PackedVerdicts<WriteKind> {
    const verdicts = new VerdictPacker<WriteKind>();
    const waiting: string[] = [];
    for (const change of changesIn(params)) {
      const [kind, row] = this.#write(change, now);
      verdicts.add(kind, row);
      if (kind === "applied" && isWaiting(change.head[HEAD.state] as TaskState))
        waiting.push(change.id);
    }
    this.#to.intents.note(params.intentId, waiting, now);
    return verdicts.done();
  }

  remove(params: {
    readonly items: readonly TaskVersion[];
  }): PackedVerdicts<RemoveVerdict["kind"]> {
    const verdicts = new VerdictPacker<RemoveVerdict["kind"]>();
    for (const { id, revision } of params.items) {
      const row = this.#to.table.byId(id);
      if (row === undefined) verdicts.add("removed");
      else if (!isTerminal(row.state) || row.revision !== revision) verdicts.add("conflict", row);
      else {
        this.drop(row);
        verdicts.add("removed");
      }
    }
    return verdicts.done();
  }

  /** Deletes a task with all that belongs to it. */
  drop(row: TaskRow): void {
    const { table, uniqueKeys } = this.#to;
    uniqueKeys.release(row.seq, tagsOf(row.record));
    table.remove(row);
  }

  #write(change: Change, now: number): [WriteKind, TaskRow?] {
    const { table, events } = this.#to;
    const { id, revision, leaseEndAt, head, tail, claim } = change;
    const key = table.key(id);
    if (key === undefined) return ["missing"];
    const follows =
      key.revision === revision &&
      key.createdAt === head.readDoubleLE(HEAD.createdAt) &&
      head.readDoubleLE(HEAD.revision) > revision;
    if (!follows || claim !== undefined || leaseEndAt !== undefined) {
      const obstacle = this.#obstacle(change, now);
      if (obstacle !== undefined) return obstacle;
    }
    if (isLeased(key.state) && isLeased(head[HEAD.state] as TaskState))
      keepRenewal(table.byId(id)!.record, head);
    table.replace(id, key, head, tail, now);
    events.append(key.seq, change.events, change.bodies);
    return ["applied"];
  }

  /** What keeps a change from being written; its unique key is taken where nothing does. */
  #obstacle(change: Change, now: number): [WriteKind, TaskRow?] | undefined {
    const { table, uniqueKeys } = this.#to;
    const { id, revision, leaseEndAt, head, claim } = change;
    const row = table.byId(id);
    if (row === undefined) return ["missing"];
    if (isRepeat(row.record, head)) return ["repeated"];
    const isOther = row.createdAt !== head.readDoubleLE(HEAD.createdAt);
    if (isOther || row.revision !== revision) return ["conflict", row];
    if (leaseEndAt !== undefined && row.record.readDoubleLE(HEAD.leaseEndAt) !== leaseEndAt)
      return ["conflict", row];
    if (claim === undefined) return undefined;
    const tags = tagsOf(row.record);
    const holder = uniqueKeys.holderAgainst(id, tags, claim, now);
    if (holder !== undefined) return ["held", holder];
    uniqueKeys.take(row.seq, tags, claim);
    return undefined;
  }
}

function* changesIn(params: PackedWrite): Iterable<Change> {
  const { ids, revisions, leaseEnds, claims } = params;
  const pieces = unpack(params.packed);
  let body = ids.length * 2;
  for (const [at, id] of ids.entries()) {
    const events = params.events[at] ?? [];
    yield {
      id,
      revision: revisions[at]!,
      leaseEndAt: leaseEnds[at],
      claim: claims[at],
      events,
      head: pieces[at * 2]!,
      tail: pieces[at * 2 + 1]!,
      bodies: pieces.slice(body, (body += events.length)),
    };
  }
}

/** The same head is stored (a packed record starts with it); a renewal that came since does not count. */
function isRepeat(stored: Buffer, after: Buffer): boolean {
  if (stored.readDoubleLE(HEAD.revision) !== after.readDoubleLE(HEAD.revision)) return false;
  return steady(stored).equals(steady(after));
}

/** As keepRenewal of core/record.ts, on packed heads: changes `after`. */
function keepRenewal(stored: Buffer, after: Buffer): void {
  const sameLease =
    isLeased(stored[HEAD.state] as TaskState) &&
    stored.readUInt32LE(HEAD.attempt) === after.readUInt32LE(HEAD.attempt) &&
    stored.compare(after, HEAD.nonce, HEAD.nonce + 16, HEAD.nonce, HEAD.nonce + 16) === 0;
  if (!sameLease) return;
  const leaseEndAt = Math.max(
    stored.readDoubleLE(HEAD.leaseEndAt),
    after.readDoubleLE(HEAD.leaseEndAt),
  );
  after.writeDoubleLE(leaseEndAt, HEAD.leaseEndAt);
  after[HEAD.flags]! |= stored[HEAD.flags]!;
}

/** A copy without what a renewal changes. */
function steady(head: Buffer): Buffer {
  const copy = Buffer.from(head.subarray(0, HEAD.size));
  copy[HEAD.flags] = 0;
  copy.writeDoubleLE(0, HEAD.leaseEndAt);
  return copy;
}
