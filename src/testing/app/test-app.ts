/** An app in memory whose time the test moves. */
import { pino } from "pino";
import { QueueTasks } from "../../app.ts";
import type { TaskClient } from "../../client/client.ts";
import { checkWait } from "../../core/check-wait.ts";
import { checkConfigOptions, type NamesOf } from "../../core/known-options.ts";
import type { Task } from "../../routers/task.ts";
import { FaultPlan } from "../faults/fault-plan.ts";

import { readEnqueued, type EnqueuedTask } from "./enqueued.ts";
import { KnownExecutor } from "./known-executor.ts";
import {
  resolveTestAppOptions,
  type ResolvedTestAppOptions,
  type TestAppOptions,
} from "./options.ts";
import { Stillness } from "./stillness.ts";
import type { TestClock } from "./test-clock.ts";
import { WatchedBackend } from "./watched-backend.ts";

/** How long real time may pass before `idle` gives up, in ms. */
const IDLE_TIMEOUT_MS = 5_000;

/** How long to wait, in real time. */
export interface IdleOptions {
  /** In ms, 0 or more. @default 5000 */
  readonly timeoutMs?: number | undefined;
}

const IDLE_OPTIONS: NamesOf<IdleOptions> = { timeoutMs: true };

/** Made by {@link testApp}. Stop it at the end of the test. */
export class TestApp {
  /** The app under test: its tasks can be enqueued and awaited as ever. */
  readonly app: QueueTasks;
  /** Delays, timeouts, backoffs, deadlines and retention go by it. */
  readonly clock: TestClock;
  /** Faults of the app's storage: `kit.faults.fail({ methods: ["create"], times: 1 })`. */
  readonly faults = new FaultPlan();
  readonly #backend: WatchedBackend;
  readonly #stillness: Stillness;
  readonly #isWorking: boolean;
  readonly #detach: () => void;
  #stopped: Promise<void> | undefined;

  /** @internal */
  constructor(app: QueueTasks, { clock, worker, patienceMs, timings }: ResolvedTestAppOptions) {
    this.app = app;
    this.clock = clock;
    this.#isWorking = worker;
    const backend = (this.#backend = new WatchedBackend(clock, this.faults, worker));
    const stillness = (this.#stillness = new Stillness(backend, clock, patienceMs));
    // Half of the jitter's range: backoffs are what the policy says.
    const components = {
      joint: () => backend.joint,
      executor: new KnownExecutor(clock),
      clock,
      random: () => 0.5,
    };
    // Handlers that hang are no reason to wait at the end of a test.
    app.configure({ components, timings, graceMs: 0, server: false });
    this.#detach = clock.attach(() => stillness.settle());
  }

  /** The app's client, for tasks by name and for lists. */
  client(): Promise<TaskClient> {
    return this.app.client();
  }

  /**
   * Tasks that were enqueued so far and are not purged, in the order in which they were: all, those of one name, or those of
   * a task in code, with its inputs' type.
   */
  enqueued<Input>(task: Task<Input>): Promise<EnqueuedTask<Input>[]>;
  enqueued(name?: string | { readonly name: string }): Promise<EnqueuedTask[]>;
  async enqueued(of?: string | { readonly name: string }): Promise<EnqueuedTask[]> {
    const name = typeof of === "string" ? of : of?.name;
    return readEnqueued(await this.client(), this.#backend.created, name);
  }

  /**
   * Resolves when every task that can run at this time has ended, with all that they enqueued. STILL_RUNNING, naming
   * them, when handlers go on for `timeoutMs`, as one does that waits for the clock. FIELD_VIOLATION for a time that is
   * no number.
   */
  async idle(options: IdleOptions = {}): Promise<void> {
    checkConfigOptions("test app: idle", options, IDLE_OPTIONS);
    const { timeoutMs = IDLE_TIMEOUT_MS } = options;
    checkWait("timeoutMs", timeoutMs);
    return this.#stillness.idle(timeoutMs);
  }

  /**
   * Runs what was enqueued and can run at this time, with all that it enqueues, and holds what comes later again. For
   * apps that were made with `worker: false`; for others it is {@link idle}. Throws as that does.
   */
  async runEnqueued(options: IdleOptions = {}): Promise<void> {
    this.#backend.setOpen(true);
    try {
      await this.idle(options);
    } finally {
      this.#backend.setOpen(this.#isWorking);
    }
  }

  /**
   * Stops the app; what was enqueued is gone, and the app is again as it was made. Handlers that still run are told to
   * stop, and given up after a second. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** As {@link stop}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    this.faults.clear();
    this.#detach();
    try {
      await this.app.stop();
    } finally {
      this.app.configure({});
    }
  }
}

/**
 * Starts an app in memory, without listeners, whose time stands still until the test moves it:
 *
 *     const kit = await testApp({ app });
 *     t.after(() => kit.stop());
 *     await remind.enqueue({ user: "ada" }, { delayMs: 86_400_000 });
 *     await kit.clock.advance(86_400_000);
 *
 * CONFIG_INVALID for options that make no sense, and for an app that runs.
 */
export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const resolved = resolveTestAppOptions(options);
  const { app = new QueueTasks({ logger: pino({ level: "silent" }) }) } = options;
  const kit = new TestApp(app, resolved);
  try {
    await app.start({ server: false, worker: true });
  } catch (error) {
    await kit.stop();
    throw error;
  }
  return kit;
}
