/** Whether the server should get calls, for probes over HTTP and gRPC. */
import { QTasksError } from "../core/errors.ts";

/** One thing that the server needs. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ok: boolean;
  /** For people: why not, or what was found. */
  readonly detail?: string;
}

/** What `/readyz` answers. */
export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: readonly ReadinessCheck[];
}

/** Looks at what the server needs; called by each probe, so it should take milliseconds. */
export type CheckReadiness = () => Promise<ReadinessReport>;

/** The app's check, joined with the drain: who shuts down is not ready. */
export class Readiness {
  readonly #check: CheckReadiness;
  readonly #draining: AbortSignal;

  constructor(check: CheckReadiness, draining: AbortSignal) {
    this.#check = check;
    this.#draining = draining;
  }

  /** Never refused: a check that throws is one that failed. */
  async report(): Promise<ReadinessReport> {
    if (this.#draining.aborted) return notReady("drain", "this server is shutting down");
    try {
      return await this.#check();
    } catch (thrown) {
      const { reason, message } = QTasksError.from(thrown);
      return notReady("readiness", reason === "INTERNAL" ? "the check failed" : message);
    }
  }
}

function notReady(name: string, detail: string): ReadinessReport {
  return { ready: false, checks: [{ name, ok: false, detail }] };
}
