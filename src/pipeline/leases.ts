/** The leases that this server handed out: spares a read when their outcome comes, and finds their session. */
import type { Lease } from "../core/lease.ts";
import type { TaskRecord } from "../core/record.ts";

const MAX_BYTES = 64 << 20;

export class Leases {
  readonly #records = new Map<string, TaskRecord>();
  #bytes = 0;

  /** Keeps the newest record of a leased task; beyond 64 MiB of specs nothing more is kept. */
  keep(record: TaskRecord): void {
    this.drop(record.id);
    if (this.#bytes + record.spec.length > MAX_BYTES) return;
    this.#bytes += record.spec.length;
    this.#records.set(record.id, record);
  }

  /** May be out of date: a compare-and-set finds that out. */
  get(taskId: string): TaskRecord | undefined {
    return this.#records.get(taskId);
  }

  /** Replaces the record of a lease that is kept still. */
  update(record: TaskRecord): void {
    if (this.#kept(record.id, record) !== undefined) this.keep(record);
  }

  /**
   * Takes the lease out, because it is about to end by its own session: the notice of that is no news
   * for the session, and may come before the answer to the write. A later lease of the task is kept.
   */
  take(lease: Lease): TaskRecord | undefined {
    const record = this.#kept(lease.taskId, lease);
    if (record !== undefined) this.drop(lease.taskId);
    return record;
  }

  drop(taskId: string): void {
    const record = this.#records.get(taskId);
    if (record === undefined) return;
    this.#bytes -= record.spec.length;
    this.#records.delete(taskId);
  }

  #kept(taskId: string, lease: Pick<Lease, "attempt" | "nonce">): TaskRecord | undefined {
    const record = this.#records.get(taskId);
    return record?.attempt === lease.attempt && record.nonce === lease.nonce ? record : undefined;
  }

  /** Tasks whose leases are kept. */
  ids(): string[] {
    return [...this.#records.keys()];
  }
}
