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

export class JointBackend implements Backend {
  readonly #joint: Joint;

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
    return this.#joint.create({ tasks });
  }

  write(changes: readonly Change[]): Promise<readonly WriteVerdict[]> {
    return this.#joint.write({ changes });
  }

  handOut(params: HandOutParams): Promise<HandedOut> {
    return this.#joint.handOut(params);
  }

  onWork(listener: (work: readonly Work[] | undefined) => void): () => void {
    return this.#joint.subscribe((notice) => {
      if (notice.kind === "gap") listener(undefined);
      else if (notice.kind === "changes" && notice.work.length > 0) listener(notice.work);
    });
  }
}
