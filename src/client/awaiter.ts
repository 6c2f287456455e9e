/**
 * Gathers concurrent awaits into few long polls, so that ten thousand awaited tasks are ten calls.
 *
 * A task joins the next call; a call that has its answer gives back the tasks that have not ended, and
 * they join the next call with whatever came meanwhile. Calls leave at once while few are parked. When
 * as many as {@link ParkedCalls} allows are, further ones are short and paced, so that they end and merge
 * by themselves: canceling them instead would reset streams, which servers count as an attack.
 */
import { type Task } from "../../gen/qtasksapi/v1/task_pb.ts";
import type {
  BatchAwaitTasksResponse,
  TaskService,
} from "../../gen/qtasksapi/v1/task_service_pb.ts";
import type { ServiceCalls } from "../core/calls.ts";
import { toDuration } from "../core/duration.ts";
import { QTasksError, taskNotFound } from "../core/errors.ts";
import { isCut, withPatience } from "./patience.ts";
import { Wait, type WaitOptions } from "./wait.ts";

const MAX_IDS = 1_000;
const LONG_WAIT_MS = 20_000;
const SHORT_WAIT_MS = 500;
const PACE_MS = 30;
/** A large group is asked again no sooner than this long after its answer, for each of its ids. */
const REST_MS_PER_ID = 0.01;
/** After an answer that came too early and says nothing, as from a server that drains. */
const EMPTY_REST_MS = 200;
/** The answer comes this long after the wait at the latest. */
const ANSWER_MARGIN_MS = 10_000;

/** How many calls with fewer than 1,000 tasks are under way at once. */
export interface ParkedCalls {
  /** Those that wait for long. */
  readonly long: number;
  /** Those that wait for half a second, beside the long ones. */
  readonly short: number;
}

/** Over one connection that carries any number of calls. */
export const MANY_PARKED_CALLS: ParkedCalls = Object.freeze({ long: 16, short: Infinity });

export interface AwaiterOptions {
  /** See {@link withPatience}. */
  readonly patienceMs: number;
  readonly parkedCalls: ParkedCalls;
  /** Aborts when the client closes. */
  readonly signal: AbortSignal;
}

/** Awaits tasks by BatchAwaitTasks; each caller gets its own task, timeout or error. */
export class Awaiter {
  readonly #calls: ServiceCalls<typeof TaskService>;
  readonly #options: AwaiterOptions;
  /** Every awaited task by id, whether a call asks for it or it waits for the next. */
  readonly #waits = new Map<string, Wait>();
  #due: Wait[] = [];
  #partialCalls = 0;
  #departs = false;
  #departure: ReturnType<typeof setTimeout> | undefined;

  constructor(calls: ServiceCalls<typeof TaskService>, options: AwaiterOptions) {
    this.#calls = calls;
    this.#options = options;
    options.signal.addEventListener("abort", () => this.#close(), { once: true });
  }

  /**
   * The terminal task. Rejects with STILL_RUNNING after `timeoutMs`, TASK_NOT_FOUND, or CALL_CANCELED
   * on abort; none of these touches the task.
   */
  await(taskId: string, options: WaitOptions = {}): Promise<Task> {
    if (this.#options.signal.aborted) return Promise.reject(closed());
    let wait = this.#waits.get(taskId);
    if (wait === undefined) {
      wait = new Wait(taskId);
      this.#waits.set(taskId, wait);
      this.#enter([wait]);
    }
    return wait.join(options);
  }

  #enter(waits: readonly Wait[]): void {
    for (const wait of waits) this.#due.push(wait);
    if (this.#due.length > 0) this.#depart();
  }

  #depart(): void {
    const { long, short } = this.#options.parkedCalls;
    // Those that are due leave with the end of a call.
    if (this.#departs || this.#partialCalls >= long + short) return;
    this.#departs = true;
    if (this.#partialCalls >= long) this.#departure = setTimeout(() => this.#leave(), PACE_MS);
    else queueMicrotask(() => this.#leave());
  }

  #leave(): void {
    this.#departs = false;
    const due = this.#due.filter((wait) => this.#isWanted(wait));
    this.#due = [];
    for (let from = 0; from < due.length; from += MAX_IDS) {
      void this.#ask(due.slice(from, from + MAX_IDS));
    }
  }

  // Never rejects: what goes wrong goes to those who wait.
  async #ask(group: readonly Wait[]): Promise<void> {
    const partial = group.length < MAX_IDS;
    const short = partial && this.#partialCalls >= this.#options.parkedCalls.long;
    if (partial) this.#partialCalls++;
    const waitMs = Math.min(short ? SHORT_WAIT_MS : LONG_WAIT_MS, longest(group));
    const askedAt = performance.now();
    try {
      const ended = this.#settle(await this.#call(group, waitMs));
      const early = performance.now() - askedAt < waitMs / 2;
      this.#askAgain(group, ended === 0 && early ? EMPTY_REST_MS : group.length * REST_MS_PER_ID);
    } catch (error) {
      this.#fail(group, QTasksError.from(error));
    } finally {
      if (partial) this.#partialCalls--;
      this.#enter([]);
    }
  }

  #call(group: readonly Wait[], waitMs: number): Promise<BatchAwaitTasksResponse> {
    const request = {
      taskIds: group.map((wait) => wait.taskId),
      wait: toDuration(Math.ceil(waitMs)),
      minCount: 1,
    };
    const { signal } = this.#options;
    return withPatience(this.#options, () =>
      this.#calls.batchAwaitTasks(request, { timeoutMs: waitMs + ANSWER_MARGIN_MS, signal }),
    );
  }

  #settle(answer: BatchAwaitTasksResponse): number {
    for (const task of answer.tasks) this.#take(task.taskId)?.resolve(task);
    for (const taskId of answer.missingTaskIds) this.#take(taskId)?.reject(taskNotFound(taskId));
    return answer.tasks.length + answer.missingTaskIds.length;
  }

  #askAgain(group: readonly Wait[], restMs: number): void {
    const left = group.filter((wait) => this.#isWanted(wait));
    if (left.length === 0) return;
    if (restMs < 1) this.#enter(left);
    else setTimeout(() => this.#enter(left), restMs);
  }

  #fail(group: readonly Wait[], error: QTasksError): void {
    if (isCut(error, this.#options.signal)) return this.#askAgain(group, EMPTY_REST_MS);
    // One malformed id must not fail the others of its call.
    if (error.reason === "FIELD_VIOLATION" && group.length > 1) {
      const middle = group.length >> 1;
      void this.#ask(group.slice(0, middle));
      void this.#ask(group.slice(middle));
      return;
    }
    for (const wait of group) this.#take(wait.taskId)?.reject(error);
  }

  #take(taskId: string): Wait | undefined {
    const wait = this.#waits.get(taskId);
    this.#waits.delete(taskId);
    return wait;
  }

  /** Someone still waits; one that all have left is forgotten, and a later await starts anew. */
  #isWanted(wait: Wait): boolean {
    if (this.#waits.get(wait.taskId) !== wait) return false;
    if (wait.isWanted) return true;
    this.#waits.delete(wait.taskId);
    return false;
  }

  #close(): void {
    clearTimeout(this.#departure);
    for (const wait of this.#waits.values()) wait.reject(closed());
    this.#waits.clear();
  }
}

function longest(group: readonly Wait[]): number {
  let ms = 0;
  for (const wait of group) ms = Math.max(ms, wait.remainingMs());
  return ms;
}

function closed(): QTasksError {
  return new QTasksError("CALL_CANCELED", "the client was closed");
}
