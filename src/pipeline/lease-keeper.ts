/**
 * Looks after the leases that are out: renews them, gives them back, and tells their sessions what
 * others do to them.
 */
import { create } from "@bufbuild/protobuf";
import { TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import {
  LeaseStatusSchema,
  LeaseVerdict,
  type LeaseRenewal,
  type LeaseStatus,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { toDuration } from "../core/duration.ts";
import { decodeLeaseToken, type Lease } from "../core/lease.ts";
import type { Timings } from "../core/limits.ts";
import { encodePayload } from "../core/payload-codec.ts";
import { leaseEnd, type TaskRecord } from "../core/record.ts";
import { annotate, holds, takeBack } from "../core/transitions.ts";
import type { StorageNotice } from "../storage/storage.ts";
import { afterRelease } from "./aftermath.ts";
import { answer, applyChange, change, follow, type Decision } from "./change.ts";
import type { Lanes } from "./lanes.ts";
import { tokenOf } from "./leased-task.ts";
import type { Leases } from "./leases.ts";
import type { Mailbox } from "./mailbox.ts";

export interface LeaseKeeperOptions {
  readonly lanes: Lanes;
  readonly leases: Leases;
  readonly mailbox: Mailbox;
  readonly timings: Timings;
  readonly now: () => number;
  /** Draws the jitter of backoffs, 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
}

export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Renews a lease and saves its checkpoint; a token that is no lease of ours is LOST. */
  async renew(renewal: LeaseRenewal): Promise<LeaseStatus> {
    const { lanes, timings, now } = this.#options;
    const lease = decodeLeaseToken(renewal.leaseToken);
    const lost = { leaseToken: renewal.leaseToken, verdict: LeaseVerdict.LOST };
    if (lease === undefined) return create(LeaseStatusSchema, lost);
    const { taskId: id, attempt, nonce } = lease;
    const verdict = await lanes.renew({ id, attempt, nonce, leaseMs: timings.leaseMs });
    if (verdict.kind === "lost") return create(LeaseStatusSchema, lost);
    if (renewal.checkpoint !== undefined)
      await this.#saveCheckpoint(lease, encodePayload(renewal.checkpoint));
    return create(LeaseStatusSchema, {
      leaseToken: renewal.leaseToken,
      verdict: verdict.canceling ? LeaseVerdict.CANCEL_REQUESTED : LeaseVerdict.HELD,
      leaseTtl: toDuration(Math.max(0, verdict.leaseEndAt - now())),
      cancelReason: verdict.cancelReason,
    });
  }

  /** Gives back what a session holds that ended, uncounted. False where another end came first. */
  async release(held: TaskRecord): Promise<boolean> {
    return this.#giveBack(held, (record) => {
      const { now, random = Math.random } = this.#options;
      const end = { now: now(), random: random(), reported: true };
      const release = { reason: "the worker ended its session", delayMs: 0 };
      return afterRelease(record, release, end);
    });
  }

  /** Takes back attempts that were started and never sent: nothing is counted. */
  async withdraw(records: readonly TaskRecord[]): Promise<void> {
    const { now } = this.#options;
    await Promise.all(
      records.map((held) =>
        this.#giveBack(held, (record) => ({
          ...takeBack(record, now()),
          undelivered: record.undelivered,
        })),
      ),
    );
  }

  /** Word of changes that others made to leases that this server handed out. */
  async follow(notice: StorageNotice): Promise<void> {
    const ids = this.#touchedBy(notice);
    if (ids.length > 0) await Promise.all(ids.map((id) => this.#check(id)));
  }

  async #saveCheckpoint(lease: Lease, checkpoint: Uint8Array): Promise<void> {
    const { lanes, leases, timings, now } = this.#options;
    await applyChange(
      lanes,
      lease.taskId,
      (record): Decision<undefined> => {
        if (record === undefined || !holds(record, lease)) return answer(undefined);
        const leaseEndAt = leaseEnd(record, now(), timings.leaseMs);
        const after = annotate(record, now(), { checkpoint, leaseEndAt, delivered: true });
        leases.update(after);
        return change(follow(record, after), undefined);
      },
      { known: leases.get(lease.taskId) },
    );
  }

  async #giveBack(held: TaskRecord, after: (record: TaskRecord) => TaskRecord): Promise<boolean> {
    const { lanes, leases } = this.#options;
    leases.take({ taskId: held.id, attempt: held.attempt, nonce: held.nonce });
    return applyChange(
      lanes,
      held.id,
      (record) =>
        record === undefined || !holds(record, held)
          ? answer(false)
          : change(follow(record, after(record)), true),
      { known: held },
    );
  }

  #touchedBy(notice: StorageNotice): readonly string[] {
    const { leases } = this.#options;
    if (notice.kind === "document") return [];
    if (notice.kind === "gap") return leases.ids();
    const ids: string[] = [];
    for (const { id, state, revision } of notice.changes) {
      const known = leases.get(id);
      if (known !== undefined && state !== TaskState.RUNNING && revision > known.revision)
        ids.push(id);
    }
    return ids;
  }

  /** Reads a lease that somebody else touched, and tells its session what became of it. */
  async #check(id: string): Promise<void> {
    const { lanes, leases, mailbox } = this.#options;
    const known = leases.get(id);
    if (known === undefined) return;
    const record = await lanes.read(id);
    // Its own outcome may have come while this read was under way.
    if (leases.get(id) === undefined) return;
    const leaseToken = tokenOf(known);
    if (record === undefined || !holds(record, known)) {
      leases.drop(id);
      const status = create(LeaseStatusSchema, { leaseToken, verdict: LeaseVerdict.LOST });
      return mailbox.post(known.sessionId, status);
    }
    leases.update(record);
    if (record.state !== TaskState.CANCELING) return;
    const verdict = LeaseVerdict.CANCEL_REQUESTED;
    const { cancelReason } = record;
    mailbox.post(known.sessionId, create(LeaseStatusSchema, { leaseToken, verdict, cancelReason }));
  }
}
