/** News for sessions, kept until the next poll or heartbeat; they ring the session's parked polls. */
import { create } from "@bufbuild/protobuf";
import {
  DirectiveKind,
  DirectiveSchema,
  type Directive,
  type LeaseStatus,
} from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { Session } from "./session.ts";

/** What a poll or heartbeat brings besides tasks. */
export interface News {
  readonly leaseStatuses: LeaseStatus[];
  readonly directives: Directive[];
}

export class Mailbox {
  /** By session, then by lease token in hex: of one lease only the latest word counts. */
  readonly #statuses = new Map<string, Map<string, LeaseStatus>>();
  readonly #bells = new Map<string, Set<() => void>>();

  /** Leaves word of a lease for its session. */
  post(sessionId: string, status: LeaseStatus): void {
    const statuses = this.#statuses.get(sessionId) ?? new Map<string, LeaseStatus>();
    this.#statuses.set(sessionId, statuses);
    statuses.set(Buffer.from(status.leaseToken).toString("hex"), status);
    this.ring(sessionId);
  }

  /**
   * Takes what there is for the session. Word of a lease is told once, as a heartbeat tells it again; an
   * operator's word every time, as an answer may get lost.
   */
  collect(session: Session): News {
    const leaseStatuses = [...(this.#statuses.get(session.id)?.values() ?? [])];
    this.#statuses.delete(session.id);
    const reason = session.drainReason;
    session.drainTold = true;
    const drain = create(DirectiveSchema, { kind: DirectiveKind.DRAIN, reason });
    return { leaseStatuses, directives: reason === undefined ? [] : [drain] };
  }

  hasNews(session: Session): boolean {
    const isToldAll = session.drainReason === undefined || session.drainTold;
    return this.#statuses.has(session.id) || !isToldAll;
  }

  /** Makes the session's parked polls answer. */
  ring(sessionId: string): void {
    for (const bell of this.#bells.get(sessionId) ?? []) bell();
  }

  /** Returns the function that takes the bell away. */
  hang(sessionId: string, bell: () => void): () => void {
    const bells = this.#bells.get(sessionId) ?? new Set();
    this.#bells.set(sessionId, bells.add(bell));
    return () => {
      bells.delete(bell);
      if (bells.size === 0) this.#bells.delete(sessionId);
    };
  }

  /** The session is over. */
  forget(sessionId: string): void {
    this.#statuses.delete(sessionId);
    this.ring(sessionId);
  }
}
