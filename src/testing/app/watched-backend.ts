/** The backend of a test app: in memory, by the test's clock, with faults, and with an eye on what goes on. */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { TaskFilterSchema, TaskState } from "../../../gen/qtasksapi/v1/task_pb.ts";
import { MemoryStorage } from "../../backends/memory/memory-storage.ts";
import type { TaskRecord } from "../../core/record.ts";
import type { HandedOut, Joint } from "../../storage/joint.ts";
import type { CreateParams, CreateVerdict, StorageNotice } from "../../storage/storage.ts";
import { overlaid } from "../contract/overlaid.ts";
import { aroundCalls, type ComponentCall } from "../faults/around-calls.ts";
import type { FaultPlan } from "../faults/fault-plan.ts";
import type { TestClock } from "./test-clock.ts";

/** Nothing of QTasks takes more turns of the loop than this without a call to its storage. */
const QUIET_TURNS = 4;
/** A call to memory takes one or two. */
const LONG_TURNS = 20;
const NOTHING: HandedOut = { records: [], more: false, nextDueAt: 0 };
const RUNNING = create(TaskFilterSchema, { states: [TaskState.RUNNING, TaskState.CANCELING] });

export class WatchedBackend {
  /** What the app works on. */
  readonly joint: Joint;
  /** Ids of the tasks that were created, in that order. */
  readonly created: string[] = [];
  readonly #storage: MemoryStorage;
  readonly #faults: FaultPlan;
  readonly #listeners = new Set<(notice: StorageNotice) => void>();
  #isOpen: boolean;
  /** Calls that were begun or ended. */
  #moves = 0;
  #underWay = 0;

  /** `isOpen`: tasks are handed out from the start. */
  constructor(clock: TestClock, faults: FaultPlan, isOpen: boolean) {
    this.#storage = new MemoryStorage({ clock });
    this.#faults = faults;
    this.#isOpen = isOpen;
    const watched = aroundCalls(this.#storage as Joint, (call) => this.#watch(call));
    this.joint = overlaid(watched, { subscribe: this.#subscribe });
  }

  /** Hands tasks out from now on, or no more. */
  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    // Polls that found nothing look again.
    if (isOpen) for (const listener of this.#listeners) listener({ kind: "gap" });
  }

  /** Tasks whose attempt is under way, by the records. */
  async running(): Promise<readonly TaskRecord[]> {
    const { count } = await this.#storage.count({ filter: RUNNING, maxExamined: 0 });
    if (count === 0) return [];
    const page = {
      filter: RUNNING,
      cutoffAt: 0,
      limit: count,
      maxExamined: Number.MAX_SAFE_INTEGER,
    };
    return (await this.#storage.list(page)).records;
  }

  /** Nothing happens any more but what handlers wait for; false where that is not so by then, as of `performance.now()`. */
  async quiet(giveUpAt: number): Promise<boolean> {
    for (let quiet = 0, turns = 0; quiet < QUIET_TURNS; turns++) {
      if (performance.now() >= giveUpAt) return false;
      const moves = this.#moves;
      // A call that is under way for so long is held up by a fault, in real time.
      await (this.#underWay > 0 && turns > LONG_TURNS ? sleep(1) : nextTurn());
      quiet = moves === this.#moves && this.#underWay === 0 ? quiet + 1 : 0;
    }
    return true;
  }

  async #watch(call: ComponentCall): Promise<unknown> {
    this.#moves += 1;
    this.#underWay += 1;
    try {
      return await this.#faults.pass({ ...call, make: () => this.#make(call) });
    } finally {
      this.#moves += 1;
      this.#underWay -= 1;
    }
  }

  async #make({ method, params, make }: ComponentCall): Promise<unknown> {
    if (method === "handOut" && !this.#isOpen) return NOTHING;
    const answer = await make();
    if (method === "create") this.#note(params as CreateParams, answer as CreateVerdict[]);
    return answer;
  }

  #note({ tasks }: CreateParams, verdicts: readonly CreateVerdict[]): void {
    for (const [index, { kind }] of verdicts.entries())
      if (kind === "created") this.created.push(tasks[index]!.record.id);
  }

  readonly #subscribe: Joint["subscribe"] = (listener) => {
    this.#listeners.add(listener);
    const end = this.#storage.subscribe(listener);
    return () => {
      this.#listeners.delete(listener);
      end();
    };
  };
}
