/** Sends heartbeats: they renew every lease that is held and carry its new checkpoint. */
import { create } from "@bufbuild/protobuf";
import type { Logger } from "pino";
import type { Payload } from "../../gen/qtasksapi/v1/task_pb.ts";
import { LeaseRenewalSchema } from "../../gen/qtasksapi/v1/worker_service_pb.ts";
import type { Timer, TimerClock } from "../core/clock.ts";
import { QTasksError } from "../core/errors.ts";
import type { Attempt } from "./attempt.ts";
import { isRefusal, pauseMs } from "./backoff.ts";
import { payloadBytes } from "../core/payload-bytes.ts";
import type { Runner } from "./runner.ts";
import type { Session } from "./session.ts";

const MAX_RENEWALS = 1_000;
const MAX_BYTES = 1 << 20;

/** A lease to renew, with the checkpoint that the server does not have yet. */
interface Renewed {
  readonly attempt: Attempt;
  readonly checkpoint: Payload | undefined;
}

export class Heart {
  readonly #session: Session;
  readonly #runner: Runner;
  readonly #logger: Logger;
  readonly #clock: TimerClock;
  #timer: Timer | undefined;
  #beating: Promise<void> | undefined;
  #again = false;
  #stopped = false;
  #draining = false;
  #paused = false;
  #failures = 0;

  constructor(session: Session, runner: Runner, logger: Logger, clock: TimerClock) {
    this.#clock = clock;
    this.#session = session;
    this.#runner = runner;
    this.#logger = logger;
  }

  start(): void {
    this.#schedule(this.#session.heartbeatMs);
  }

  /** No heartbeat follows. */
  stop(): void {
    this.#stopped = true;
    this.#clock.clearTimer(this.#timer);
  }

  /** Tells the server, at once and from then on, that this worker takes no more. */
  drain(): Promise<void> {
    this.#draining = true;
    return this.beat();
  }

  /** Tells the server, at once and from then on, whether this worker takes more for now. Never rejects. */
  setPaused(paused: boolean): Promise<void> {
    this.#paused = paused;
    return this.beat();
  }

  /** One heartbeat now; when one is under way, another right after it. Never rejects. */
  beat(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#beating !== undefined) {
      this.#again = true;
      return this.#beating;
    }
    this.#clock.clearTimer(this.#timer);
    this.#beating = this.#beatUntilDone().finally(() => {
      this.#beating = undefined;
      this.#schedule(this.#failures === 0 ? this.#session.heartbeatMs : this.#repeatMs());
    });
    return this.#beating;
  }

  async #beatUntilDone(): Promise<void> {
    do {
      this.#again = false;
      await this.#beatOnce();
    } while (this.#again && !this.#stopped);
  }

  async #beatOnce(): Promise<void> {
    try {
      for (const attempts of chunks(this.#runner.held)) await this.#send(attempts);
      this.#failures = 0;
    } catch (thrown) {
      if (this.#stopped) return;
      const level = ++this.#failures === 1 ? "warn" : "debug";
      const err = QTasksError.from(thrown);
      this.#logger[level]({ err, failures: this.#failures }, "a heartbeat failed; trying again");
    }
  }

  async #send(attempts: readonly Attempt[]): Promise<void> {
    const renewed = attempts.map((attempt) => ({ attempt, checkpoint: attempt.newCheckpoint }));
    try {
      await this.#renew(renewed);
    } catch (thrown) {
      const saved = renewed.filter(({ checkpoint }) => checkpoint !== undefined);
      if (saved.length === 0 || !isRefusal(QTasksError.from(thrown))) throw thrown;
      // One checkpoint that is refused must not cost all leases.
      await this.#renew(attempts.map((attempt) => ({ attempt, checkpoint: undefined })));
      for (const one of saved) await this.#saveAlone(one);
    }
  }

  /** A checkpoint that is refused is not sent again before the outcome, which can be refused by itself. */
  async #saveAlone(renewed: Renewed): Promise<void> {
    try {
      await this.#renew([renewed]);
    } catch (thrown) {
      const err = QTasksError.from(thrown);
      if (!isRefusal(err)) throw err;
      const { attempt, checkpoint } = renewed;
      attempt.confirmCheckpoint(checkpoint!);
      const { taskId } = attempt.leased;
      this.#logger.warn(
        { taskId, err },
        "a checkpoint was refused: it is not kept while the attempt runs",
      );
    }
  }

  async #renew(sent: readonly Renewed[]): Promise<void> {
    const renewals = sent.map(({ attempt, checkpoint }) =>
      create(LeaseRenewalSchema, { leaseToken: attempt.leased.leaseToken, checkpoint }),
    );
    const closed = this.#draining || this.#paused;
    await this.#session.heartbeat(renewals, this.#runner.freeSlots, closed);
    for (const { attempt, checkpoint } of sent)
      if (checkpoint !== undefined) attempt.confirmCheckpoint(checkpoint);
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#clock.clearTimer(this.#timer);
    this.#timer = this.#clock.setTimer(() => void this.beat(), ms);
  }

  // A failed renewal is repeated sooner than the next one is due, while the lease lasts.
  #repeatMs(): number {
    return Math.min(this.#session.heartbeatMs, pauseMs(this.#failures));
  }
}

/** At least one chunk, so that a heartbeat is sent while nothing is held. */
function chunks(attempts: readonly Attempt[]): Attempt[][] {
  const all: Attempt[][] = [[]];
  let bytes = 0;
  for (const attempt of attempts) {
    const size = payloadBytes(attempt.newCheckpoint);
    if (all.at(-1)!.length >= MAX_RENEWALS || bytes + size > MAX_BYTES) {
      all.push([]);
      bytes = 0;
    }
    bytes += size;
    all.at(-1)!.push(attempt);
  }
  return all;
}
