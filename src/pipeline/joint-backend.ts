/** A backend that is broker and storage in one: each step is one transaction of its own. */
import type { HandedOut, HandOutParams, Joint } from "../storage/joint.ts";
import type {
  Change,
  CreateVerdict,
  NewTask,
  Storage,
  Work,
  WriteVerdict,
} from "../storage/storage.ts";
import type { Backend } from "./backend.ts";
import { FreshWork } from "./fresh-work.ts";

export class JointBackend implements Backend {
  readonly #joint: Joint;
  readonly #fresh = new FreshWork();

  constructor(joint: Joint) {
    this.#joint = joint;
  }

  get storage(): Storage {
    return this.#joint;
  }

  start(): Promise<void> {
    return this.#joint.start();
  }

  stop(): Promise<void> {
    return this.#joint.stop();
  }

  ping(): Promise<void> {
    return this.#joint.ping();
  }

  create(tasks: readonly NewTask[]): Promise<readonly CreateVerdict[]> {
    const creating = this.#joint.create({ tasks });
    // Not awaited: a hand-out that follows at once shares the way there, and on SQLite the commit.
    this.#fresh.announce(tasks, this.#joint.now());
    return creating;
  }

  write(changes: readonly Change[]): Promise<readonly WriteVerdict[]> {
    return this.#joint.write({ changes });
  }

  handOut(params: HandOutParams): Promise<HandedOut> {
    const handingOut = this.#joint.handOut(params);
    this.#fresh.follow(handingOut);
    return handingOut;
  }

  onWork(listener: (work: readonly Work[] | undefined) => unknown): () => void {
    const unsubscribe = this.#joint.subscribe((notice) => {
      if (notice.kind === "gap") listener(undefined);
      else if (notice.kind === "changes" && notice.work.length > 0)
        this.#fresh.hear(notice.changes, () => listener(notice.work));
    });
    const end = this.#fresh.subscribe(listener);
    return () => {
      unsubscribe();
      end();
    };
  }
}
