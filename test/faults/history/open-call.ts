/** One call while its answer is awaited. Intents are facts at once; the answer completes them. */
import type { Answer, LeaseWord } from "./answer.ts";
import type { Call } from "./call.ts";
import type { Facts } from "./facts.ts";
import type { Await, CallFact, Creation, Moment, Renewal, Report } from "./history.ts";

export class OpenCall {
  readonly fact: CallFact;
  readonly #request: Call;
  readonly #facts: Facts;
  #creations: Creation[] = [];
  #reports: Report[] = [];
  #renewals: Renewal[] = [];
  #await: Await | undefined;

  constructor(fact: CallFact, request: Call, facts: Facts) {
    this.fact = fact;
    this.#request = request;
    this.#facts = facts;
    this.#note();
  }

  answer(answer: Answer, seen: Moment): void {
    const { fact } = this;
    const facts = this.#facts;
    fact.ended = seen;
    fact.fate = "ok";
    const { enqueued = [], tasks = [], missing = [], leases = [], verdicts = [] } = answer;
    for (const [index, item] of enqueued.entries()) {
      const creation = this.#creations[index];
      if (creation !== undefined) creation.answer = item;
      if (item.taskId === "") continue;
      facts.acknowledged(item, creation, seen);
    }
    for (const task of tasks) facts.task(task.taskId).sights.push({ call: fact, seen, task });
    for (const id of missing) facts.task(id).absences.push({ call: fact, seen });
    for (const [index, lease] of leases.entries())
      facts.leased({ ...lease, call: fact, got: seen, index });
    for (const [index, verdict] of verdicts.entries()) {
      const report = this.#reports[index];
      if (report !== undefined) report.verdict = verdict;
      if (verdict.verdict === "RECORDED") facts.outcomeAt(seen.at);
    }
    this.#heard(answer.statuses ?? []);
    if (this.#await !== undefined) this.#await.answered = countAnswered(answer);
  }

  fail(reason: string, refused: boolean, seen: Moment): void {
    const { fact } = this;
    fact.ended = seen;
    fact.reason = reason;
    if (fact.op === "watch" && fact.fate === "ok") return;
    fact.fate = refused ? "refused" : "maybe";
    if (reason !== "TASK_NOT_FOUND") return;
    for (const id of idsOf(this.#request)) this.#facts.task(id).absences.push({ call: fact, seen });
  }

  #note(): void {
    const { fact } = this;
    const facts = this.#facts;
    const request = this.#request;
    switch (request.op) {
      case "enqueue":
      case "run":
        this.#creations = request.tasks.map((task) => facts.created(fact, task));
        if (request.op === "run")
          this.#await = facts.await({
            call: fact,
            taskIds: request.tasks.map(({ taskId }) => taskId),
            waitMs: request.waitMs ?? 0,
            minCount: 1,
            answered: 0,
          });
        return;
      case "await": {
        const { taskIds, waitMs, minCount = 1, afterRevision } = request;
        const wanted = Math.min(minCount, new Set(taskIds).size);
        const waits = { call: fact, taskIds, waitMs, afterRevision, minCount: wanted, answered: 0 };
        this.#await = facts.await(waits);
        return;
      }
      case "report":
        this.#reports = request.outcomes.map((outcome) =>
          facts.reported({ ...outcome, call: fact, verdict: undefined }),
        );
        return;
      case "heartbeat":
      case "recordEvents":
        this.#renewals = request.leases.map((lease) =>
          facts.renewed(lease.taskId, { call: fact, token: lease.token, word: undefined }),
        );
        return;
      case "cancel":
      case "retry":
      case "reschedule":
      case "delete":
        facts.task(request.taskId).controls.push({ call: fact });
        return;
      case "poll":
      case "unregister":
      case "cancelMatching":
      case "retryMatching":
        facts.call(fact);
        return;
      case "get":
      case "list":
      case "watch":
      case "readOut":
      case "register":
        return;
    }
  }

  #heard(statuses: readonly LeaseWord[]): void {
    for (const renewal of this.#renewals)
      renewal.word = statuses.find(({ token }) => token === renewal.token);
  }
}

function countAnswered({ tasks = [], missing = [] }: Answer): number {
  return tasks.filter(({ endedAt }) => endedAt !== undefined).length + missing.length;
}

function idsOf(request: Call): readonly string[] {
  if ("taskId" in request) return [request.taskId];
  if (!("taskIds" in request)) return [];
  return request.taskIds;
}
