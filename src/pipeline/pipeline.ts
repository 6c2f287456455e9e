/**
 * The pipeline: the only place that knows the order of steps. It wires the roles in this folder to one
 * backend and gives services and workers what they ask for.
 */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import { TaskFilterSchema, TaskState } from "../../gen/qtasksapi/v1/task_pb.ts";
import type { Broker } from "../broker/broker.ts";
import { systemClock, type Timer, type TimerClock } from "../core/clock.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMINGS, type Limits, type Timings } from "../core/limits.ts";
import "../core/record-shape.ts";
import { attentionAt, isTerminal, type TaskRecord } from "../core/record.ts";
import { SpecCodec } from "../core/spec-codec.ts";
import type { Joint } from "../storage/joint.ts";
import type { Cursor, ListPage, Storage, StorageNotice } from "../storage/storage.ts";
import { AttemptEventRecorder } from "./attempt-events.ts";
import type { Backend } from "./backend.ts";
import { Bulk } from "./bulk.ts";
import { ComposedBackend } from "./composed-backend.ts";
import { Control } from "./control.ts";
import { Definitions } from "./definitions.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Enqueuer, type CheckEnqueue } from "./enqueue.ts";
import { recordListener, type PipelineHooks } from "./hooks.ts";
import { Interest } from "./interest.ts";
import { JointBackend } from "./joint-backend.ts";
import { openLanes, type Lanes } from "./lanes.ts";
import { LeaseKeeper } from "./lease-keeper.ts";
import { Leases } from "./leases.ts";
import { Mailbox } from "./mailbox.ts";
import { Observer } from "./observer.ts";
import { Outcomes } from "./outcomes.ts";
import { Purger } from "./purger.ts";
import { Queues } from "./queues.ts";
import { repeat } from "./repeat.ts";
import { Rescuer } from "./rescuer.ts";
import { Schemas } from "./schemas.ts";
import { Sessions } from "./sessions.ts";
import { Unimplemented } from "./unimplemented.ts";
import { Workers } from "./workers.ts";

export interface PipelineOptions {
  /** One backend that is both, or a pair. */
  readonly backend:
    { readonly joint: Joint } | { readonly storage: Storage; readonly broker: Broker };
  readonly logger: Logger;
  readonly limits?: Partial<Limits> | undefined;
  readonly timings?: Partial<Timings> | undefined;
  /** What it waits by for due times, deadlines and retention; the storage's clock says what time it is. @default the machine's clock */
  readonly clock?: TimerClock | undefined;
  /** Draws the jitter of backoffs, 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** @default none */
  readonly hooks?: PipelineHooks | undefined;
  /** What requests are checked by once more where a hook may have changed them. @default none */
  readonly checkEnqueue?: CheckEnqueue | undefined;
}

export class Pipeline {
  readonly limits: Limits;
  readonly timings: Timings;
  readonly backend: Backend;
  readonly lanes: Lanes;
  readonly specs = new SpecCodec();
  readonly definitions: Definitions;
  readonly schemas: Schemas;
  readonly sessions: Sessions;
  readonly queues: Queues;
  readonly workers: Workers;
  readonly outcomes: Outcomes;
  readonly events: AttemptEventRecorder;
  readonly enqueuer: Enqueuer;
  readonly control: Control;
  readonly bulk: Bulk;
  readonly observer: Observer;
  readonly #logger: Logger;
  readonly #interest = new Interest();
  readonly #dispatcher: Dispatcher;
  readonly #rescuer: Rescuer;
  readonly #purger: Purger;
  readonly #tell: ((record: TaskRecord) => void) | undefined;
  readonly #clock: TimerClock;
  #sessionFlush: Timer | undefined;
  #unsubscribe: (() => void) | undefined;
  #started = false;

  constructor(options: PipelineOptions) {
    const logger = (this.#logger = options.logger.child({ component: "pipeline" }));
    this.limits = Object.freeze({ ...DEFAULT_LIMITS, ...options.limits });
    this.timings = Object.freeze({ ...DEFAULT_TIMINGS, ...options.timings });
    const { limits, timings } = this;
    const { random } = options;
    const clock = (this.#clock = options.clock ?? systemClock);
    const { hooks = {} } = options;
    this.#tell = recordListener(hooks);
    const backend = (this.backend = openBackend(options, timings, logger));
    const { storage } = backend;
    const now = (): number => storage.now();
    const lanes = (this.lanes = openLanes(backend, (record) => this.#written(record)));
    const leases = new Leases();
    const { specs } = this;
    const definitions = (this.definitions = new Definitions(storage));
    this.schemas = new Schemas(storage);
    const sessions = (this.sessions = new Sessions(storage, timings));
    this.queues = new Queues(storage, sessions);
    const isPaused = (queue: string): boolean => this.queues.isPaused(queue);
    this.#dispatcher = new Dispatcher(backend, isPaused, logger, clock);
    this.#rescuer = new Rescuer({ storage, lanes, sessions, timings, logger, clock, random });
    this.#purger = new Purger(storage, logger, clock);
    const { enqueue: hook, staleOutcome } = hooks;
    const check = options.checkEnqueue;
    this.enqueuer = new Enqueuer({ lanes, definitions, limits, now, hook, check });
    this.control = new Control(lanes, storage);
    this.bulk = new Bulk(storage, this.control);
    this.observer = new Observer(lanes, storage, this.#interest, limits);
    this.events = new AttemptEventRecorder(lanes, leases, limits, timings, now);
    const mailbox = new Mailbox();
    const ring = (sessionId: string): void => mailbox.ring(sessionId);
    const unimplemented = new Unimplemented({ lanes, definitions, sessions, ring });
    this.outcomes = new Outcomes({
      lanes,
      leases,
      unimplemented,
      limits,
      now,
      staleOutcome,
      random,
    });
    this.workers = new Workers({
      leases,
      keeper: new LeaseKeeper({ lanes, leases, mailbox, timings, now, random }),
      sessions,
      mailbox,
      definitions,
      dispatcher: this.#dispatcher,
      timings,
      specs,
      now,
      leasedBy: (sessionId) => this.#leasedBy(sessionId),
      attention: (at) => this.#rescuer.note(at),
      handedOut: hooks.handedOut,
    });
  }

  get storage(): Storage {
    return this.backend.storage;
  }

  /** Opens the backend and begins to look after it; closes it again where that fails. Idempotent. */
  async start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    try {
      await this.#open();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #open(): Promise<void> {
    await this.backend.start();
    // Subscribed before the first read, so that nothing is missed in between.
    this.#unsubscribe = this.storage.subscribe((notice) => this.#notice(notice));
    await Promise.all([this.definitions.start(), this.schemas.start(), this.queues.start()]);
    this.#dispatcher.start();
    this.#rescuer.start();
    this.#purger.start();
    this.#flushLater();
  }

  /** Lands what is under way and closes the backend. Idempotent, also before start. */
  async stop(): Promise<void> {
    if (!this.#started) return;
    this.#started = false;
    this.#clock.clearTimer(this.#sessionFlush);
    this.#dispatcher.stop();
    await Promise.all([this.#rescuer.stop(), this.#purger.stop()]);
    await this.lanes.idle();
    this.#unsubscribe?.();
    await this.backend.stop();
  }

  /** Records by id, in order; undefined where there is none. */
  read(ids: readonly string[]): Promise<readonly (TaskRecord | undefined)[]> {
    return Promise.all(ids.map((id) => this.lanes.read(id)));
  }

  /** A page of matching records, newest first. */
  list(params: Parameters<Storage["list"]>[0]): Promise<ListPage> {
    return repeat(() => this.storage.list(params));
  }

  #written(record: TaskRecord): void {
    this.#tell?.(record);
    this.#rescuer.note(attentionAt(record));
    this.#purger.note(record.purgeAt);
    if (isTerminal(record.state)) this.#interest.tellEnd(record);
  }

  #notice(notice: StorageNotice): void {
    if (notice.kind === "changes") this.#interest.tell(notice.changes);
    if (notice.kind === "gap") this.#interest.tellGap();
    this.#followNotice(notice).catch((error: unknown) => {
      this.#logger.warn({ err: error, kind: notice.kind }, "a notice could not be followed");
    });
  }

  async #followNotice(notice: StorageNotice): Promise<void> {
    await this.workers.follow(notice);
    if (notice.kind === "changes") return;
    await Promise.all([this.definitions.follow(notice), this.schemas.follow(notice)]);
    if (await this.queues.follow(notice)) this.#dispatcher.wakeAll();
  }

  #flushLater(): void {
    const flush = (): void => {
      this.#flushLater();
      this.#flushSessions();
    };
    this.#sessionFlush = this.#clock.setTimer(flush, this.timings.sessionTtlMs / 3);
    this.#sessionFlush.unref();
  }

  #flushSessions(): void {
    this.workers.flush().catch((error: unknown) => {
      this.#logger.warn({ err: error }, "signs of life of the sessions could not be written");
    });
  }

  async #leasedBy(sessionId: string): Promise<readonly TaskRecord[]> {
    const filter = create(TaskFilterSchema, { states: [TaskState.RUNNING, TaskState.CANCELING] });
    const held: TaskRecord[] = [];
    let after: Cursor | undefined;
    do {
      const page: ListPage = await this.list({
        filter,
        after,
        cutoffAt: 0,
        limit: 1_000,
        maxExamined: 2_000,
      });
      held.push(...page.records.filter((record) => record.sessionId === sessionId));
      after = page.next;
    } while (after !== undefined);
    return held;
  }
}

function openBackend({ backend }: PipelineOptions, timings: Timings, logger: Logger): Backend {
  if ("joint" in backend) return new JointBackend(backend.joint);
  return new ComposedBackend(backend.storage, backend.broker, timings, logger);
}
