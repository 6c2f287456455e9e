import { create } from "@bufbuild/protobuf";
import {
  WorkerInfoSchema,
  WorkerState,
  type WorkerInfo,
} from "../../gen/qtasksapi/v1/admin_service_pb.ts";
import { optionalTimestamp, toTimestamp } from "../core/duration.ts";

/** A worker's registration, as this server sees it. */
export class Session {
  readonly info: WorkerInfo;
  /** The attempts are in this process. */
  readonly local: boolean;
  lastSeenAt: number;
  lastPollAt = 0;
  lastLeaseAt = 0;
  freeSlots: number;
  /** Nothing more is offered to it, by its own word or an operator's. */
  draining: boolean;
  /** Why an operator asked it to drain; unset: none did. */
  drainReason: string | undefined;
  /** The worker was sent the operator's word. */
  drainTold = false;
  /** Queue that gave last: its next hand-out starts after it. */
  lastQueue = "";

  constructor(info: WorkerInfo, now: number, local: boolean) {
    this.info = info;
    this.local = local;
    this.lastSeenAt = now;
    this.freeSlots = info.slots - info.usedSlots;
    this.draining = info.state === WorkerState.DRAINING;
  }

  get id(): string {
    return this.info.sessionId;
  }

  /** An operator asks it to drain. */
  askToDrain(reason: string): void {
    this.draining = true;
    this.drainReason = reason;
    this.drainTold = false;
  }

  /** As other servers and operators see it. */
  snapshot(): WorkerInfo {
    return create(WorkerInfoSchema, {
      ...this.info,
      state: this.draining ? WorkerState.DRAINING : WorkerState.ACTIVE,
      usedSlots: Math.max(0, this.info.slots - this.freeSlots),
      lastSeenTime: toTimestamp(this.lastSeenAt),
      lastPollTime: optionalTimestamp(this.lastPollAt),
      lastLeaseTime: optionalTimestamp(this.lastLeaseAt),
    });
  }
}
