/**
 * Workers that have a part of a service only: generated base classes answer UNIMPLEMENTED for methods that were left out, and
 * nobody sees that when the worker registers.
 */
import { create } from "@bufbuild/protobuf";
import { ReleaseSchema, type Outcome } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { decodeLeaseToken } from "../core/lease.ts";
import type { TaskRecord } from "../core/record.ts";
import { STATUS_CODES } from "../core/status-code.ts";
import { holds } from "../core/transitions.ts";
import type { Definitions } from "./definitions.ts";
import type { Lanes } from "./lanes.ts";
import type { Sessions } from "./sessions.ts";

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

  /** The outcome of an attempt that still holds its lease and told nothing so far becomes a release, where another worker has the name. */
  async #settleOne(outcome: Outcome): Promise<Outcome> {
    const { definitions, lanes } = this.#parts;
    const lease = decodeLeaseToken(outcome.leaseToken);
    const record = lease && (await lanes.read(lease.taskId));
    if (record === undefined || !holds(record, lease!) || record.attemptOutputs > 0) return outcome;
    const isTyped = (definitions.known(record.name)?.definition.inputSchema ?? "") !== "";
    if (!isTyped || record.sessionId === "" || !(await this.#passOn(record))) return outcome;
    const reason = `worker ${record.workerId} has no ${record.name}`;
    return { ...outcome, kind: { case: "release", value: create(ReleaseSchema, { reason }) } };
  }

  /** Takes the name from the session; not from the last one, whose word is then the answer to each task. */
  async #passOn({ sessionId, name }: TaskRecord): Promise<boolean> {
    const { sessions, ring } = this.#parts;
    if ((await sessions.othersWith(sessionId, name)) === 0) return false;
    await sessions.offer({ sessionId, name, isOffered: false });
    ring(sessionId);
    // Two that lose it at once would leave the task to each other.
    if ((await sessions.othersWith(sessionId, name)) > 0) return true;
    await sessions.offer({ sessionId, name, isOffered: true });
    ring(sessionId);
    return false;
  }
}

function saysUnimplemented({ kind }: Outcome): boolean {
  return kind.case === "failure" && kind.value.code === STATUS_CODES.UNIMPLEMENTED;
}
