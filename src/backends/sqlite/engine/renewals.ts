import { TaskState } from "../../../../gen/qtasksapi/v1/task_pb.ts";
import { decodeRecord } from "../../../core/record-reader.ts";
import { encodeHead } from "../../../core/record-writer.ts";
import { renew } from "../../../core/transitions.ts";
import type { Renewal, RenewVerdict } from "../../../storage/storage.ts";
import type { TaskTable } from "./task-table.ts";

/** Moves the ends of leases. */
export class Renewals {
  readonly #table: TaskTable;

  constructor(table: TaskTable) {
    this.#table = table;
  }

  renew(params: { readonly renewals: readonly Renewal[] }, now: number): RenewVerdict[] {
    return params.renewals.map((renewal) => this.#renew(renewal, now));
  }

  #renew(renewal: Renewal, now: number): RenewVerdict {
    const row = this.#table.byId(renewal.id);
    if (row === undefined) return { kind: "lost" };
    const record = decodeRecord(row.id, row.record);
    const renewed = renew(record, renewal, now, renewal.leaseMs);
    if (renewed === undefined) return { kind: "lost" };
    this.#table.renew(row, encodeHead(renewed));
    const { leaseEndAt, state, cancelReason } = renewed;
    return { kind: "held", leaseEndAt, canceling: state === TaskState.CANCELING, cancelReason };
  }
}
