/** What a client does all day: a mix of everything, picked by a seed. */
import { setTimeout as sleep } from "node:timers/promises";
import { QTasksError, type TaskClient, type TaskHandle } from "../../../src/client/index.ts";
import type { EnqueueOptions } from "../../../src/core/enqueue-request.ts";
import type { Random } from "../random.ts";
import { WORK, type Work } from "./tasks.ts";

/** What has come of the load so far. */
export interface LoadCounts {
  /** Acknowledged. */
  readonly enqueued: number;
  /** Awaited or watched to their end. */
  readonly ended: number;
  /** Calls that failed, as they should while things are broken. */
  readonly errors: number;
  /** Under way. */
  readonly open: number;
}

const AWAIT_MS = 60_000;
const MAX_BATCH = 40;
/** No more is begun while so much is open: an outage must not fill the memory. */
const MAX_OPEN = 3_000;
const KEYS = 40;

type Follow = (handle: TaskHandle) => Promise<unknown>;

export class Load {
  readonly #client: TaskClient;
  readonly #random: Random;
  readonly #name: string;
  readonly #open = new Set<Promise<void>>();
  readonly #counts = { enqueued: 0, ended: 0, errors: 0 };

  constructor(client: TaskClient, random: Random, name: string) {
    this.#client = client;
    this.#random = random;
    this.#name = name;
  }

  get counts(): LoadCounts {
    return { ...this.#counts, open: this.#open.size };
  }

  /** Begins one thing, and returns how many tasks it enqueues. */
  begin(): number {
    if (this.#open.size >= MAX_OPEN) return 1;
    const random = this.#random;
    const kind = random.whole(1, 100);
    if (kind <= 8) return this.#batch(random.whole(2, MAX_BATCH));
    const options = kind <= 20 ? this.#delayed() : kind <= 35 ? this.#unique() : this.#plain();
    this.#track(this.#enqueue(options, this.#follow()));
    return 1;
  }

  /** Waits until all is over, at most so long. */
  async finish(timeoutMs: number): Promise<void> {
    const late = sleep(timeoutMs, undefined, { ref: false });
    await Promise.race([late, this.#allOver()]);
  }

  async #allOver(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }

  async #enqueue(options: EnqueueOptions, follow: Follow): Promise<void> {
    const handle = await this.#client.enqueue(WORK, this.#work(), options);
    this.#counts.enqueued++;
    await follow(handle);
  }

  #batch(size: number): number {
    const items = Array.from({ length: size }, () => ({
      name: WORK,
      input: this.#work(),
      options: this.#plain(),
    }));
    const follow = this.#random.chance(0.5);
    this.#track(this.#enqueueMany(items, follow));
    return size;
  }

  async #enqueueMany(
    items: Parameters<TaskClient["enqueueMany"]>[0],
    follow: boolean,
  ): Promise<void> {
    const results = await this.#client.enqueueMany(items);
    const handles = results.flatMap((result) => (result.ok ? [result.handle] : []));
    this.#counts.enqueued += handles.length;
    this.#counts.errors += results.length - handles.length;
    if (follow) await Promise.all(handles.map((handle) => this.#await(handle)));
  }

  /** What is done with a task once it is acknowledged. */
  #follow(): Follow {
    const random = this.#random;
    const kind = random.whole(1, 100);
    const afterMs = random.whole(0, 400);
    if (kind <= 50) return (handle) => this.#await(handle);
    if (kind <= 56) return (handle) => this.#watch(handle);
    if (kind <= 64) {
      const force = random.chance(0.3) ? { forceAfterMs: random.whole(0, 200) } : {};
      return (handle) => this.#cancel(handle, afterMs, force);
    }
    if (kind <= 68) return (handle) => this.#retry(handle);
    if (kind <= 71) return (handle) => this.#reschedule(handle, afterMs);
    return () => Promise.resolve();
  }

  async #await(handle: TaskHandle): Promise<void> {
    await this.#client.await(handle.id, { timeoutMs: AWAIT_MS });
    this.#counts.ended++;
  }

  async #watch(handle: TaskHandle): Promise<void> {
    const signal = AbortSignal.timeout(AWAIT_MS);
    for await (const _change of this.#client.watch(handle.id, { events: true, signal }));
    this.#counts.ended++;
  }

  async #cancel(
    handle: TaskHandle,
    afterMs: number,
    options: { readonly forceAfterMs?: number },
  ): Promise<void> {
    await sleep(afterMs);
    await this.#client.cancel(handle.id, { reason: "as the load wants it", ...options });
    await this.#await(handle);
  }

  async #retry(handle: TaskHandle): Promise<void> {
    await this.#await(handle);
    await this.#client.retry(handle.id);
    await this.#await(handle);
  }

  async #reschedule(handle: TaskHandle, afterMs: number): Promise<void> {
    await this.#client.reschedule(handle.id, { delayMs: afterMs, priority: 5 });
    await this.#await(handle);
  }

  #plain(): EnqueueOptions {
    const random = this.#random;
    return random.chance(0.3) ? { priority: random.whole(-5, 5) * 10 } : {};
  }

  #delayed(): EnqueueOptions {
    return { ...this.#plain(), delayMs: this.#random.whole(50, 3_000) };
  }

  #unique(): EnqueueOptions {
    const random = this.#random;
    const key = `${this.#name}-${random.whole(1, KEYS)}`;
    const onConflict = random.pick(["return-existing", "reject", "replace-pending"] as const);
    const windowMs = random.chance(0.3) ? random.whole(500, 2_000) : undefined;
    const delayMs = random.chance(0.3) ? random.whole(100, 1_000) : undefined;
    return { unique: { key, onConflict, windowMs }, delayMs };
  }

  #work(): Work {
    const random = this.#random;
    const takesMs = random.chance(0.05) ? random.whole(500, 4_000) : random.whole(0, 40);
    const failures = random.chance(0.1) ? random.whole(1, 5) : 0;
    const outputs = random.chance(0.05) ? random.whole(1, 5) : 0;
    const [checkpoint, snooze] = [random.chance(0.05), random.chance(0.03)];
    return { takesMs, failures, outputs, checkpoint, snooze };
  }

  #track(doing: Promise<void>): void {
    const tracked = doing.catch((thrown: unknown) => {
      this.#counts.errors++;
      // Errors of the service are what faults make; anything else is a fault of this program.
      if (!(thrown instanceof QTasksError)) process.stderr.write(`${String(thrown)}\n`);
    });
    this.#open.add(tracked);
    void tracked.then(() => this.#open.delete(tracked));
  }
}
