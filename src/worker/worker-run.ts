/** A worker from its start to its stop: the parts, wired. */
import { randomUUID } from "node:crypto";
import type { Logger } from "pino";
import { DirectiveKind, type Directive } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import { durationMs } from "../core/duration.ts";
import { QTasksError } from "../core/errors.ts";
import { within } from "../core/within.ts";
import { Heart } from "./heart.ts";
import { Intake } from "./intake.ts";
import { LateTasks } from "./late-tasks.ts";
import { LoopWatch } from "./loop-watch.ts";
import type { ResolvedWorkerOptions } from "./options.ts";
import { Poller } from "./poller.ts";
import { Recorder } from "./recorder.ts";
import type { Registry } from "./registration.ts";
import { Reporter } from "./reporter.ts";
import { Runner } from "./runner.ts";
import { Session, type Word } from "./session.ts";

/**
 * How long parked polls have to answer once the server knows that this worker drains, in ms. What is handed out to one
 * that is cut off goes back with the end of the session.
 */
const POLLS_MS = 500;
/** How long handlers have to end after they were told to stop, in ms. */
const ABORT_MS = 1_000;
/** How long the last outcomes have to reach the server, in ms; what does not is released with the session. */
const REPORT_MS = 5_000;
const UNREGISTER_MS = 2_000;

export interface WorkerRunParts {
  readonly options: ResolvedWorkerOptions;
  readonly registry: Registry;
  readonly logger: Logger;
  /** The server asks the worker to end. */
  readonly onDrain: (reason: string) => void;
}

export class WorkerRun {
  readonly session: Session;
  readonly runner: Runner;
  readonly intake: Intake;
  readonly late: LateTasks;
  readonly #parts: WorkerRunParts;
  readonly #closed = new AbortController();
  readonly #recorder: Recorder;
  readonly #poller: Poller;
  readonly #heart: Heart;
  readonly #loopWatch: LoopWatch;

  constructor(parts: WorkerRunParts) {
    const { options, registry, logger } = parts;
    this.#parts = parts;
    this.session = new Session({
      id: randomUUID(),
      options,
      registry,
      logger,
      signal: this.#closed.signal,
      onWord: (word) => this.#hear(word),
    });
    const { session } = this;
    this.late = new LateTasks(registry, session);
    const recorder = (this.#recorder = new Recorder(session, logger));
    const reporter = new Reporter({
      session,
      recorder,
      logger,
      onDone: (attempts) => this.runner.free(attempts),
    });
    const onFree = (): void => this.#poller.wakeSoon();
    this.runner = new Runner({ ...parts, recorder, reporter, onFree });
    this.#poller = new Poller(this.session, this.runner, logger);
    this.#heart = new Heart(this.session, this.runner, logger, options.clock);
    this.#loopWatch = new LoopWatch(this.runner, logger);
    const [poller, heart] = [this.#poller, this.#heart];
    this.intake = new Intake({ session, runner: this.runner, poller, heart, logger });
  }

  /** Begins to take tasks, once the session is open. */
  takeTasks(): void {
    this.#heart.start();
    this.#loopWatch.start();
    this.#poller.wake();
  }

  /**
   * Takes nothing more; lets handlers finish within the grace, then tells them to stop and gives back what is
   * left; ends the session. Never rejects.
   */
  async stop(graceMs: number): Promise<void> {
    this.runner.drain();
    const polls = this.#poller.drain();
    await within(POLLS_MS, Promise.all([this.#heart.drain(), polls]));
    this.#poller.close();
    await within(graceMs, this.runner.whenEmpty());
    await this.#endHandlers();
    await this.#unregister();
    this.close();
  }

  /** Ends everything at once; nothing is reported. */
  close(): void {
    this.#heart.stop();
    this.#loopWatch.stop();
    this.#poller.close();
    this.#recorder.stop();
    this.#closed.abort(new QTasksError("CALL_CANCELED", "the worker stopped"));
  }

  async #endHandlers(): Promise<void> {
    if (this.runner.held.length === 0) return;
    this.runner.stopAll();
    await within(ABORT_MS, this.runner.whenEmpty());
    this.runner.giveUpAll();
    await within(REPORT_MS, this.runner.whenEmpty());
  }

  async #unregister(): Promise<void> {
    this.#heart.stop();
    const { logger } = this.#parts;
    try {
      const released = await this.session.unregister(UNREGISTER_MS);
      if (released > 0) logger.warn({ released }, "the server released what was not reported");
    } catch (err) {
      // The server ends the session by itself when it hears no more of it.
      logger.info({ err }, "the session could not be ended");
    }
  }

  #hear({ leaseStatuses, directives = [] }: Word): void {
    this.runner.apply(leaseStatuses);
    for (const directive of directives) this.#obey(directive);
  }

  #obey({ kind, reason, delay }: Directive): void {
    if (kind === DirectiveKind.DRAIN) this.#parts.onDrain(reason);
    if (kind === DirectiveKind.REGISTER) void this.#reopen();
    if (kind === DirectiveKind.RECONNECT) {
      this.#parts.options.reconnect?.();
      void this.#poller.pause(delay === undefined ? 0 : durationMs(delay));
    }
  }

  /** Leases are judged by their tokens: they go on in the new session. */
  async #reopen(): Promise<void> {
    try {
      await this.session.register();
      await this.#heart.beat();
    } catch (err) {
      if (!this.#closed.signal.aborted)
        this.#parts.logger.error({ err }, "the server refuses to register this worker");
    }
  }
}
