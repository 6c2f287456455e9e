/** Gathers facts by task while the lines are read. */
import type { EnqueuedAnswer } from "./answer.ts";
import type { EnqueuedTask } from "./call.ts";
import type { HandlerStartedEvent, ProbeEndedEvent, ProbeEvent } from "./event.ts";
import type {
  Await,
  CallFact,
  Creation,
  Lease,
  Moment,
  Probe,
  Renewal,
  Report,
  RunHistory,
  TaskHistory,
} from "./history.ts";

export class Facts {
  readonly #tasks = new Map<string, TaskHistory>();
  readonly #awaits: Await[] = [];
  readonly #probes = new Map<string, Probe>();
  readonly #polls: CallFact[] = [];
  readonly #bulkRetries: CallFact[] = [];
  readonly #unregisters: CallFact[] = [];
  readonly #outcomesAt: number[] = [];
  readonly #progressAt: number[] = [];
  #maybePolls: CallFact[] = [];
  #events = 0;
  #startedAt = Infinity;
  #endedAt = 0;

  /** What is known of a task, from now on something. */
  task(id: string): TaskHistory {
    let task = this.#tasks.get(id);
    if (task === undefined) {
      task = {
        id,
        creations: [],
        acknowledgements: [],
        sights: [],
        absences: [],
        leases: [],
        reports: [],
        renewals: [],
        starts: [],
        controls: [],
      };
      this.#tasks.set(id, task);
    }
    return task;
  }

  count(at: number): void {
    this.#events++;
    this.#startedAt = Math.min(this.#startedAt, at);
    this.#endedAt = Math.max(this.#endedAt, at);
  }

  created(call: CallFact, task: EnqueuedTask): Creation {
    const creation: Creation = { call, task, answer: undefined };
    // With an id of the server's making the task is known by the answer alone.
    if (task.taskId !== "") this.task(task.taskId).creations.push(creation);
    return creation;
  }

  acknowledged(answer: EnqueuedAnswer, creation: Creation | undefined, seen: Moment): void {
    const task = this.task(answer.taskId);
    task.acknowledgements.push(seen);
    if (creation?.task.taskId === "") task.creations.push(creation);
    if (answer.created) this.#progressAt.push(seen.at);
  }

  leased(lease: Lease): void {
    this.task(lease.taskId).leases.push(lease);
    this.#progressAt.push(lease.got.at);
  }

  reported(report: Report): Report {
    this.task(report.taskId).reports.push(report);
    return report;
  }

  outcomeAt(at: number): void {
    this.#outcomesAt.push(at);
    this.#progressAt.push(at);
  }

  renewed(taskId: string, renewal: Renewal): Renewal {
    this.task(taskId).renewals.push(renewal);
    return renewal;
  }

  await(waits: Await): Await {
    // Thousands of ids, again and again: one string for each is enough.
    const taskIds = waits.taskIds.map((id) => this.#tasks.get(id)?.id ?? id);
    const kept = { ...waits, taskIds };
    this.#awaits.push(kept);
    return kept;
  }

  start({ taskId, attempt, token }: HandlerStartedEvent, started: Moment): void {
    this.task(taskId).starts.push({ started, attempt, token });
  }

  call(call: CallFact): void {
    if (call.op === "poll") this.#polls.push(call);
    if (call.op === "retryMatching") this.#bulkRetries.push(call);
    if (call.op === "unregister") this.#unregisters.push(call);
  }

  probe({ probe, taskIds }: ProbeEvent, started: Moment): void {
    this.#probes.set(probe, { probe, taskIds, started, endedAt: Infinity });
  }

  probeEnded({ probe, at }: ProbeEndedEvent): void {
    const started = this.#probes.get(probe);
    if (started !== undefined) started.endedAt = at;
  }

  /** Polls of the file that were answered need not be kept any longer. */
  endFile(): void {
    this.#maybePolls.push(...this.#polls.filter(({ fate }) => fate === "maybe"));
    this.#polls.length = 0;
  }

  view(): Omit<RunHistory, "settings" | "processes" | "injections"> {
    return {
      tasks: this.#tasks,
      awaits: this.#awaits,
      probes: [...this.#probes.values()],
      maybePolls: this.#maybePolls,
      bulkRetries: this.#bulkRetries,
      unregisters: this.#unregisters,
      outcomesAt: this.#outcomesAt.toSorted((a, b) => a - b),
      progressAt: this.#progressAt.toSorted((a, b) => a - b),
      events: this.#events,
      hasReadOut: this.#hasReadOut(),
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
    };
  }

  #hasReadOut(): boolean {
    for (const { sights, absences } of this.#tasks.values())
      if ([...sights, ...absences].some(({ call }) => call.op === "readOut")) return true;
    return false;
  }
}
