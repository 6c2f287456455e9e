/** The context of an attempt in the thread that runs its handler: what it is asked for goes through a port. */
import type { MessagePort } from "node:worker_threads";
import { bounded } from "../../core/bounded.ts";
import { ContextValues } from "../../core/context-values.ts";
import { childCallOf, type ChildOptions, type ChildTarget, type ChildTask } from "../child.ts";
import type { HandlerContext, LogFields, LogLine, TaskLogger } from "../context.ts";
import { AttemptAbortedError } from "../errors.ts";
import { decodePayload, encodeValue } from "../payload.ts";
import { checkpointOf, progressOf } from "../told.ts";
import { logFields } from "./log-fields.ts";
import type { Answer, FromThread, ThreadTask, ToThread } from "./messages.ts";
import { unpackError } from "./packed-error.ts";
import { Latest, Rate } from "./rate.ts";
import type { Payload } from "../../../gen/qtasksapi/v1/task_pb.ts";

/** The worker keeps the latest only: it need not hear of more than this. */
const LATEST = { limit: 20, windowMs: 50 };
const LOGS = { limit: 1_000, windowMs: 1_000 };

type Question = Extract<FromThread, { readonly id: number }>;
// Without `id`, for each kind of question by itself.
type Asked = Question extends infer Q ? (Q extends Question ? Omit<Q, "id"> : never) : never;

/** One handler's, from its start to its end. */
export class ThreadContext {
  readonly context: HandlerContext;
  readonly #port: MessagePort;
  readonly #raw: boolean;
  readonly #aborting = new AbortController();
  readonly #asked = new Map<number, PromiseWithResolvers<Answer>>();
  readonly #logs = new Rate(LOGS);
  readonly #progress: Latest<FromThread>;
  readonly #checkpoints: Latest<FromThread>;
  #checkpoint: { readonly payload: Payload } | undefined;
  #droppedLogs = 0;
  #questions = 0;

  constructor(task: ThreadTask) {
    this.#port = task.port;
    this.#raw = task.raw;
    const send = (message: FromThread) => this.#port.postMessage(message);
    this.#progress = new Latest(LATEST, send);
    this.#checkpoints = new Latest(LATEST, send);
    this.context = this.#contextOf(task);
    this.#port.on("message", (message: ToThread) => this.#hear(message));
  }

  /** The handler has ended: what it told last is sent. */
  close(): void {
    this.#progress.flush();
    this.#checkpoints.flush();
    if (this.#droppedLogs > 0)
      this.#post({ kind: "log", level: "warn", message: dropped(this.#droppedLogs), fields: {} });
    this.#port.close();
  }

  #contextOf({ facts, checkpoint }: ThreadTask): HandlerContext {
    const { signal } = this.#aborting;
    return {
      ...facts,
      headers: Object.freeze(facts.headers),
      signal,
      values: new ContextValues(),
      logger: this.#logger(),
      progress: (completed, total = 0, message = "") =>
        this.#progress.set({ kind: "progress", ...plain(progressOf(completed, total, message)) }),
      output: async (value) => {
        await this.#ask({ kind: "output", value: this.#raw ? value : encodeValue(value) });
      },
      checkpoint: <T>() => this.#readCheckpoint(checkpoint) as T | undefined,
      saveCheckpoint: (value) => {
        this.#checkpoint = { payload: checkpointOf(value) };
        this.#checkpoints.set({ kind: "checkpoint", ...this.#checkpoint });
      },
      enqueue: (target: string | ChildTarget, input?: unknown, options?: ChildOptions) =>
        this.#enqueue(target, input, options),
      throwIfCanceled: () => signal.throwIfAborted(),
    };
  }

  async #enqueue(
    target: string | ChildTarget,
    given: unknown,
    { signal, ...options }: ChildOptions = {},
  ): Promise<ChildTask> {
    const { name, input } = await childCallOf(target, given);
    const payload = encodeValue(input);
    const asked = this.#ask({ kind: "enqueue", name, payload, options });
    // A signal can't go to the worker: it ends the waiting alone.
    return (await bounded(asked, { taskId: options.taskId, signal })) as ChildTask;
  }

  #readCheckpoint(earlier: ThreadTask["checkpoint"]): unknown {
    if (this.#checkpoint !== undefined) return decodePayload(this.#checkpoint.payload);
    if (earlier === undefined) return undefined;
    if ("error" in earlier) throw unpackError(earlier.error);
    return earlier.value;
  }

  #logger(): TaskLogger {
    const line =
      (level: keyof TaskLogger): LogLine =>
      (first: string | LogFields, second?: string | LogFields) => {
        if (!this.#logs.pass()) return void this.#droppedLogs++;
        const [message, fields] = typeof first === "string" ? [first, second] : [second, first];
        const text = typeof message === "string" ? message : "";
        const facts = typeof fields === "object" ? logFields(fields) : {};
        this.#post({ kind: "log", level, message: text, fields: facts });
      };
    return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  }

  /** Rejects for what can't be cloned. */
  async #ask(question: Asked): Promise<Answer> {
    const id = ++this.#questions;
    this.#post({ ...question, id });
    const answer = Promise.withResolvers<Answer>();
    this.#asked.set(id, answer);
    return answer.promise;
  }

  #post(message: FromThread): void {
    this.#port.postMessage(message);
  }

  #hear(message: ToThread): void {
    if (message.kind === "abort")
      return this.#aborting.abort(new AttemptAbortedError(message.why, message.message));
    const asked = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if ("error" in message.answer) asked?.reject(unpackError(message.answer.error));
    else asked?.resolve(message.answer.value as Answer);
  }
}

function plain({ completed, total, message }: ReturnType<typeof progressOf>) {
  return { completed, total, message };
}

function dropped(count: number): string {
  return `${count} log lines were left out: more than ${LOGS.limit} in a second`;
}
