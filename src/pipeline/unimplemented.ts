/**
 * Workers that have a part of a service only: generated base classes answer UNIMPLEMENTED for methods that were left out, and
 * nobody sees that when the worker registers.
 */
import { create } from "@bufbuild/protobuf";
import { ReleaseSchema, type Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { decodeLeaseToken } from "../core/lease.ts";
import type { TaskRecord } from "../core/record.ts";
import type { Definitions } from "./definitions.ts";
import type { Lanes } from "./lanes.ts";
import type { Sessions } from "./sessions.ts";

/** google.rpc.Code */
const UNIMPLEMENTED = 12;

export interface UnimplementedParts {
  readonly lanes: Lanes;
  readonly definitions: Definitions;
  readonly sessions: Sessions;
  /** Lets the session's parked polls answer: they ask for what it could run before. */
  readonly ring: (sessionId: string) => void;
}

export class Unimplemented {
  readonly #parts: UnimplementedParts;

  constructor(parts: UnimplementedParts) {
    this.#parts = parts;
  }

  /** The outcomes, with those that say that a method is not there in place of a failure given back for another worker. */
  settle(outcomes: readonly Outcome[]): readonly Outcome[] | Promise<readonly Outcome[]> {
    if (!outcomes.some(saysUnimplemented)) return outcomes;
    return Promise.all(
      outcomes.map(async (outcome) =>
        saysUnimplemented(outcome) ? this.#settleOne(outcome) : outcome,
      ),
    );
  }

  /** The session is offered the name no more; where no other one is, the failure stands. */
  async #settleOne(outcome: Outcome): Promise<Outcome> {
    const { definitions, sessions, ring } = this.#parts;
    const record = await this.#recordOf(outcome);
    const isTyped = record && definitions.known(record.name)?.definition.inputSchema !== "";
    if (record === undefined || isTyped !== true || record.sessionId === "") return outcome;
    const others = await sessions.withdraw(record.sessionId, record.name);
    ring(record.sessionId);
    if (others === 0) return outcome;
    const reason = `worker ${record.workerId} has no ${record.name}`;
    return { ...outcome, kind: { case: "release", value: create(ReleaseSchema, { reason }) } };
  }

  async #recordOf({ leaseToken }: Outcome): Promise<TaskRecord | undefined> {
    const lease = decodeLeaseToken(leaseToken);
    return lease === undefined ? undefined : this.#parts.lanes.read(lease.taskId);
  }
}

function saysUnimplemented({ kind }: Outcome): boolean {
  return kind.case === "failure" && kind.value.code === UNIMPLEMENTED;
}
